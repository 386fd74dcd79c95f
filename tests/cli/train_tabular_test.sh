#!/bin/bash
# train_tabular: each model reaches its figure; a run that is killed and resumed in a new process
# ends with the bits of one that was not; what is wrong ends in one line and exit code 1.
set -eu
source "$(dirname "$0")/training_checks.sh"

train_tabular=$PWD/$1
inspect_checkpoint=$PWD/$2
penguins=$PWD/$3
scikit=$PWD/$4
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/tabular.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

# What scikit-learn reaches with the same rows: scikit MODEL METRIC
scikit() {
  sed -n "/\"$1\"/,/}/s/.*\"$2\": \([0-9.]*\).*/\1/p" "$scikit"
}

"$train_tabular" --summary --out_dir=logistic >logistic.log 2>&1 || fail 'logistic regression'
reaches logistic eval_accuracy '>=' "$(scikit logistic eval_accuracy) - 0.005"
reaches logistic eval_accuracy '<=' "$(scikit logistic eval_accuracy) + 0.005"
grep -Eq '^together +48 ' logistic.log || fail 'no summary of 15 features and 3 classes'
grep -q '^classes: "Gentoo"' logistic/table.textproto || fail 'no encoding of the table'
[[ ! -e logistic/border.svg ]] || fail 'a picture of a plane that there is not'
"$train_tabular" --model=linear --out_dir=linear >linear.log 2>&1 || fail 'linear regression'
reaches linear eval_loss '<' "1.01 * $(scikit linear eval_loss)"
reaches linear eval_loss '>' "0.99 * $(scikit linear eval_loss)"
grep -q '^2 rows without a target are left out$' linear.log || fail 'rows without a target'
if grep -q accuracy linear/metrics.jsonl; then fail 'numbers have no accuracy'; fi
"$train_tabular" --spirals --out_dir=spirals >spirals.log 2>&1 || fail 'spirals'
reaches spirals eval_accuracy '>=' 0.99
[[ ! -e spirals/tokens ]] || fail 'spirals: a folder of tokens'
[[ $(grep -c '<circle' spirals/border.svg) == 1002 ]] || fail 'spirals: no picture of 1000 points'
"$train_tabular" --data=- --target=species --model=mlp --optimizer=muon --early_stopping=2 \
  --eval_every=100 --border=bill_length_mm,flipper_length_mm --out_dir=piped \
  <"$penguins" >piped.log 2>&1 || fail 'standard input'
reaches piped eval_accuracy '>=' 0.97
grep -q '>flipper_length_mm</text>' piped/border.svg || fail 'no picture of two columns'
grep -q 'evaluations in a row were not the best: it ends here' piped.log || fail 'early stopping'
"$train_tabular" --resume --out_dir=piped <"$penguins" >ended.log 2>&1 ||
  fail 'a run that has ended'
grep -q 'the run is at its last step' ended.log || fail 'it did not end early'

# A pipe that nobody writes to. A signal that comes before it is caught ends the process as ever.
mkfifo silent
exec 3<>silent
"$train_tabular" --data=- --target=species --out_dir=waiting <silent >waiting.log 2>&1 &
waiting=$!
until (($(sed -n 's/^SigCgt:\t*/0x/p' /proc/$waiting/status) & 1 << 14)); do sleep 0.01; done
sleep 0.3
kill -TERM $waiting
code=0
wait $waiting || code=$?
exec 3>&-
[[ $code == 143 ]] || fail "waiting for standard input: exit code $code, expected 143"
grep -q '^stopping after a piece of the data; a second signal ends at once$' waiting.log &&
  grep -q '^train_tabular: stopped by SIGTERM: before anything was written$' waiting.log ||
  fail 'no message of a stop'
[[ ! -e waiting ]] || fail 'something was left'

# Classes that are numbers.
{
  echo height,grown
  for i in {0..99}; do echo "$((i % 11)),$((i % 11 > 5))"; done
} >coded.csv
"$train_tabular" --data=coded.csv --target=grown --categories=grown --steps=500 --out_dir=coded \
  >coded.log 2>&1 || fail 'classes that are numbers'
reaches coded eval_accuracy '>=' 0.95
grown='--model: found logistic, expected linear or mlp: grown is a number'
refuses "$train_tabular" "$grown, unless --categories names it" \
  --data=coded.csv --target=grown
refuses "$train_tabular" '--data: .*found no column "shrunk"' --data=coded.csv --target=grown \
  --categories=shrunk

"$train_tabular" --schedule=cosine_with_restarts --cycles=2 --warmup_steps=0 --steps=100 \
  --log_every=1 --out_dir=restarts >restarts.log 2>&1 || fail 'a schedule with restarts'
[[ $(grep -c '"lr":0.01[,}]' restarts/metrics.jsonl) == 2 ]] || fail 'it does not begin anew'

"$train_tabular" --spirals --steps=1 --checkpointing=segments --out_dir=regions >regions.log 2>&1 ||
  fail 'segments'
grep -q '^checkpointing segments: found no regions in the model' regions.log || fail 'no regions'

resumes "$train_tabular" cheap --data="$penguins" --target=species --model=mlp --hidden=8 \
  --class_weights=balanced --ema=0.99 --clip_value=0.1 '--groups=*.bias:learning_rate_factor=2' \
  --threads=1

printf 'a,b\n1,2\n3\n' >short.csv
refuses "$train_tabular" '--data: none.csv: cannot open' --data=none.csv --target=a
mkdir alone
cp "$train_tabular" alone/train_tabular
(unset RUNFILES_DIR TEST_SRCDIR &&
  refuses alone/train_tabular '--data: found none, and the penguins are not')
refuses "$train_tabular" '--target: found none, expected a column' --data="$penguins"
refuses "$train_tabular" '--spirals: found it beside --data' --data="$penguins" --spirals
refuses "$train_tabular" '--data: short.csv:3:' --data=short.csv --target=a
refuses "$train_tabular" '--data: .*found no column "weight", expected one of' \
  --data="$penguins" --target=weight
refuses "$train_tabular" '--model: found linear, expected logistic or mlp: species is a category' \
  --data="$penguins" --target=species --model=linear
refuses "$train_tabular" "--model: found 'forest', expected linear, logistic or mlp" --model=forest
refuses "$train_tabular" "--class_weights: found 'equal', expected none or balanced" \
  --class_weights=equal
refuses "$train_tabular" "--class_weights: found balanced, expected none where a number" \
  --model=linear --class_weights=balanced
refuses "$train_tabular" "--border: found 'species,sex', expected two, as X,Y, of the columns" \
  --border=species,sex
refuses "$train_tabular" "--optimizer: found 'newton', expected adamw, " --optimizer=newton
refuses "$train_tabular" "--groups: found pattern 'head', which is no parameter's" \
  --groups=head:weight_decay=1
refuses "$train_tabular" "--groups: \*: found 'momentum=1', expected weight_decay=" \
  '--groups=*:momentum=1'
refuses "$train_tabular" '--hidden: found 0, expected 1 to' --model=mlp --hidden=many
refuses "$train_tabular" \
  '--hidden, --micro_batch, --accumulation: found a training of [0-9]+ bytes' \
  --model=mlp --hidden=1000000,1000000
code=0
"$train_tabular" --resume --out_dir=resumed_train_tabular.killed --lr=1 >other.log 2>&1 || code=$?
[[ $code == 1 ]] || fail 'another rate on resuming'
grep -q -- '--lr: found 1, expected 0.01 as in the run that --resume continues' other.log ||
  fail 'no message about the rate'
