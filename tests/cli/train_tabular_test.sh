#!/bin/bash
# train_tabular: each model reaches its figure; a run that is killed and resumed in a new process
# ends with the bits of one that was not; what is wrong ends in one line and exit code 1.
set -eu

train_tabular=$PWD/$1
inspect_checkpoint=$PWD/$2
penguins=$PWD/$3
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/tabular.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1"
  for log in *.log; do echo "--- $log" && tail -n 5 "$log"; done
  exit 1
}

# The last number of this name in a run's metrics.
last() { grep -o "\"$2\":[^,}]*" "$1/metrics.jsonl" | tail -n 1 | cut -d : -f 2; }
# reaches RUN METRIC OP NUMBER
reaches() {
  awk "BEGIN {exit !($(last "$1" "$2") $3 $4)}" || fail "$1: $2 $(last "$1" "$2"), expected $3 $4"
}

"$train_tabular" --out_dir=logistic >logistic.log 2>&1 || fail 'logistic regression'
reaches logistic eval_accuracy '>=' 0.97
"$train_tabular" --model=linear --out_dir=linear >linear.log 2>&1 || fail 'linear regression'
reaches linear eval_loss '<' 0.2
grep -q '^2 rows without a target are left out$' linear.log || fail 'rows without a target'
if grep -q accuracy linear/metrics.jsonl; then fail 'numbers have no accuracy'; fi
"$train_tabular" --spirals --out_dir=spirals >spirals.log 2>&1 || fail 'spirals'
reaches spirals eval_accuracy '>=' 0.99
"$train_tabular" --data=- --target=species --model=mlp --optimizer=muon --early_stopping=2 \
  --eval_every=100 --out_dir=piped <"$penguins" >piped.log 2>&1 || fail 'standard input'
reaches piped eval_accuracy '>=' 0.97
grep -q 'evaluations in a row were not the best: it ends here' piped.log || fail 'early stopping'
"$train_tabular" --resume --out_dir=piped <"$penguins" >ended.log 2>&1 || fail 'a run that has ended'
grep -q 'the run is at its last step' ended.log || fail 'it did not end early'

# The log lines that are left don't fit into a pipe that nobody reads any more.
steps=3000
flags=(--data="$penguins" --target=species --steps=$steps --model=mlp --hidden=8 --threads=1
  --log_every=1 --eval_every=500 --checkpoint_every=100)
"$train_tabular" "${flags[@]}" --out_dir=whole >whole.log 2>&1 || fail 'the whole run'
mkfifo lines
"$train_tabular" "${flags[@]}" --out_dir=killed --checkpointing=cheap >killed.log 2>lines &
training=$!
exec 3<lines
until compgen -G "killed/checkpoints/step-??????" >/dev/null; do
  IFS= read -r -u 3 line || fail "it ended before its first checkpoint: $line"
done
kill -9 $training
code=0
wait $training || code=$?
[[ $code == 137 ]] || fail "exit code $code, expected 137 of a process that was killed"
[[ ! -e killed/checkpoints/step-00$steps ]] || fail 'it was at its end before it was killed'
exec 3<&-
"$train_tabular" --resume --out_dir=killed >resumed.log 2>&1 || fail 'the resumed run'
grep -q '^resuming from killed/checkpoints/step-0' resumed.log || fail 'it began anew'

digest() { "$inspect_checkpoint" --digest "$1/checkpoints/step-00$steps" | tail -n 1; }
[[ $(digest whole) =~ ^[0-9a-f]{64}$ ]] || fail "no digest: $(digest whole)"
[[ $(digest whole) == "$(digest killed)" ]] || fail "$(digest killed), expected $(digest whole)"
metrics() {
  sed -E 's/,"(rows_per_second|ms_per_micro_batch|rss_mb|seconds)":[^,}]*//g' "$1/metrics.jsonl"
}
metrics killed >killed.metrics
metrics whole | diff - killed.metrics >metrics.log || fail 'metrics.jsonl differs'

# error PATTERN FLAGS...
error() {
  local pattern=$1 code=0
  shift
  "$train_tabular" "$@" --out_dir=bad >bad.log 2>bad.err || code=$?
  [[ $code == 1 ]] || fail "$*: exit code $code, expected 1"
  [[ $(wc -l <bad.err) == 1 ]] || fail "$*: more than one line: $(cat bad.err)"
  grep -Eq "^train_tabular: $pattern" bad.err || fail "$*: $(cat bad.err), expected $pattern"
  [[ ! -e bad ]] || fail "$*: something was left"
}
printf 'a,b\n1,2\n3\n' >short.csv
error '--data: none.csv: cannot open' --data=none.csv --target=a
error '--data: short.csv:3:' --data=short.csv --target=a
error '--data: .*found no column "weight", expected one of' --data="$penguins" --target=weight
error '--model: found linear, expected logistic or mlp: species is a category' \
  --data="$penguins" --target=species --model=linear
error "--model: found 'forest', expected linear, logistic or mlp" --model=forest
error "--optimizer: found 'newton', expected adamw, " --optimizer=newton
error '--hidden: hidden: found 0, expected 1 to' --model=mlp --hidden=many
error '--hidden, --micro_batch, --accumulation: found a training of [0-9]+ bytes' --model=mlp \
  --hidden=1000000,1000000
code=0
"$train_tabular" --resume --out_dir=killed --lr=1 >other.log 2>&1 || code=$?
[[ $code == 1 ]] || fail 'another rate on resuming'
grep -q -- '--lr: found 1, expected 0.01 as in the run that --resume continues' other.log ||
  fail 'no message about the rate'
