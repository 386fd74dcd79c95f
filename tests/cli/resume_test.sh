#!/bin/bash
# A training that is killed and resumed in a new process, under a budget of memory,
# ends with the bits of one that was not killed and kept everything: the last
# checkpoint's digest, and every line of metrics.jsonl but for what a clock or the system
# says. Its run.textproto tells what ran again, where, and how long that took.
#
# The kill can't come too late, however slow this script is: the training writes a log
# line a step into a pipe, which nobody reads any more once the first checkpoint is
# there, and the lines that are left don't fit into it.
set -eu

train_mlm=$PWD/$1
inspect_checkpoint=$PWD/$2
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/resume.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1"
  for log in *.log; do echo "--- $log" && tail -n 5 "$log"; done
  exit 1
}

steps=2000
words=(the old man sat by fire and read his book while a dog ran over hill)
for line in {1..200}; do
  text=
  for word in {1..8}; do text+="${words[(line * word + line / 7) % 16]} "; done
  echo "$text"
done >text.txt
flags=(--data=text.txt --steps=$steps --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8
  --vocab_size=64 --micro_batch=2 --accumulation=2 --dropout=0.1 --threads=1 --log_every=1
  --eval_every=300 --checkpoint_every=100)

"$train_mlm" "${flags[@]}" --out_dir=whole >whole.log 2>&1 || fail 'the whole run'

mkfifo lines
"$train_mlm" "${flags[@]}" --out_dir=killed --checkpointing=budget:95% >killed.log 2>lines &
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

"$train_mlm" --resume --out_dir=killed >resumed.log 2>&1 || fail 'the resumed run'
grep -q '^checkpointing budget:95%: .* operations of a micro-batch run again' resumed.log ||
  fail 'it forgot its budget'
grep -q '^resuming from killed/checkpoints/step-0' resumed.log || fail 'it began anew'

digest() { "$inspect_checkpoint" --digest "$1/checkpoints/step-00$steps" | tail -n 1; }
[[ $(digest whole) =~ ^[0-9a-f]{64}$ ]] || fail "no digest: $(digest whole)"
[[ $(digest whole) == "$(digest killed)" ]] || fail "$(digest killed), expected $(digest whole)"

metrics() {
  sed -E 's/,"(tokens_per_second|ms_per_micro_batch|rss_mb|seconds)":[^,}]*//g' "$1/metrics.jsonl"
}
metrics killed >killed.metrics
metrics whole | diff - killed.metrics >metrics.log || fail 'metrics.jsonl differs'
[[ $(grep -c '"loss"' killed.metrics) == "$steps" ]] || fail 'metrics.jsonl is not whole'

part='^  regions \{ name: "encoder\.0" .* replays: [1-9].* replay_milliseconds: 0?\.?[0-9]*[1-9]'
tr -s '\n ' ' ' <killed/run.textproto | sed 's/ \(regions\|operations\) {/\n  \1 {/g' >parts.log
grep -qE "$part" parts.log || fail 'run.textproto does not tell what ran again'
if grep -q replay_milliseconds whole/run.textproto; then fail 'something ran again under none'; fi

# One that was killed after its last checkpoint, and before its record said where it ended.
"$train_mlm" --data=text.txt --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 \
  --vocab_size=64 --micro_batch=2 --accumulation=1 --threads=1 --overfit_one_batch \
  --schedule=constant --warmup_steps=0 --lr=0.05 --out_dir=overfit >overfit.log 2>&1 ||
  fail 'overfitting'
seal() { sed -E 's/^# CRC-32C: .*/# CRC-32C: none/' "$1"; }
seal overfit/run.textproto >ended
sed -e '/^finished: true/d' -e '/^settings {/,/^}/s/^  steps: .*/  steps: 199/' ended \
  >overfit/run.textproto
cmp -s ended overfit/run.textproto && fail 'overfitting: no record that says where it ended'
"$train_mlm" --resume --out_dir=overfit >overfit.log 2>&1 || fail 'overfitting, resumed'
seal overfit/run.textproto | grep -v ignore_data_change |
  diff - <(grep -v ignore_data_change ended) >record.log || fail 'overfitting: another record'
