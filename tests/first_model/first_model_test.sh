#!/bin/bash
# The program of docs/your_first_model.md reaches what the page says, and a run of it goes on.
set -eu

train_spiral=$PWD/$1
cd "$(mktemp -d "${TEST_TMPDIR:-/tmp}/first_model.XXXXXX")"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1" && cat ./*.log
  exit 1
}

"$train_spiral" --steps=2000 --out_dir=runs/spiral >trained.log 2>&1 || fail 'it does not train'
grep '"eval_accuracy"' runs/spiral/metrics.jsonl | tail -n 1 | grep -Eq '"eval_accuracy":1[,}]' ||
  fail "not all of the points: $(tail -n 1 runs/spiral/metrics.jsonl)"
"$train_spiral" --resume --out_dir=runs/spiral >resumed.log 2>&1 || fail 'it does not resume'
grep -q 'the run is at its last step, 2000' resumed.log || fail 'it was not at its last step'
"$train_spiral" --help | grep -q '^ *--hidden' || fail 'no flag of its own in --help'
