#!/bin/bash
# A training whose standard input, output or error are closed, as some that start programs leave
# them: what it says goes nowhere, and into none of the files that it opens.
set -eu

train_mlm=$PWD/$1
train_tabular=$PWD/$2
inspect_checkpoint=$PWD/$3
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/closed.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1"
  exit 1
}

{
  echo height,weight,kind
  for row in {0..39}; do echo "$((row * 7 % 31)),$((row * 5 % 17)),$((row % 3 == 0 ? 0 : 1))x"; done
} >table.csv
for line in {1..200}; do echo "the old man sat by fire $((line % 7)) and read his book"; done >text
flags=(--threads=1 --steps=6 --log_every=1 --eval_every=2 --checkpoint_every=2 --out_dir=run)
# In the folder "run", whose name is in its record. train_tabular's metrics.jsonl would be standard
# error: it opens few files before.
train() {
  rm -rf run
  if [[ $1 == table ]]; then
    "$train_tabular" --data=table.csv --target=kind "${flags[@]}"
  else
    "$train_mlm" --data=text --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 \
      --vocab_size=64 --micro_batch=2 --accumulation=2 "${flags[@]}"
  fi
}
# All of the run's files, metrics.jsonl without timings, and the tensors of its checkpoints.
contents() {
  local checkpoint
  for checkpoint in run/checkpoints/*; do
    "$inspect_checkpoint" --digest "$checkpoint" >digest || fail "$checkpoint: $(cat digest)"
    cp digest "$checkpoint"
  done
  sed -E -i 's/,"([a-z]*_per_second|ms_per_micro_batch|rss_mb|seconds)":[^,}]*//g' run/metrics.jsonl
  rm -rf "$1"
  mv run "$1"
}
# without NUMBERS COMMAND...: those standard files are closed.
without() {
  local numbers=$1
  shift
  (
    [[ $numbers != *0* ]] || exec <&-
    [[ $numbers != *1* ]] || exec >&-
    [[ $numbers != *2* ]] || exec 2>&-
    "$@"
  ) >log 2>&1
}

for kind in table text; do
  train $kind >log 2>&1 || fail "$(cat log)"
  contents whole
  for numbers in 12 012 0 1 2 01 02; do
    code=0
    without $numbers train $kind || code=$?
    contents other
    diff -r whole other >log || fail "$kind without $numbers: $(cat log)"
    [[ $code == 0 ]] || fail "$kind without $numbers: exit code $code, expected 0"
  done
done
code=0
without 012 "$train_mlm" --data=text --steps=none || code=$?
[[ $code == 1 ]] || fail "a flag without 012: exit code $code, expected 1"
