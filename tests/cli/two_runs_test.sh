#!/bin/bash
# Trainings that meet: each run folder belongs to one process at a time, and one that
# finds it taken changes nothing in it.
set -eu

train_mlm=$PWD/$1
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/two_runs.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1"
  for log in *.log; do echo "--- $log" && tail -n 5 "$log"; done
  exit 1
}

words=(the old man sat by fire and read his book while a dog ran over hill)
for line in {1..200}; do
  text=
  for word in {1..8}; do text+="${words[(line * word + line / 7) % 16]} "; done
  echo "$text"
done >text.txt
flags=(--data=text.txt --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8
  --vocab_size=64 --threads=1)

start() {  # NUMBER FLAGS...
  local code=0
  "$train_mlm" "${flags[@]}" --steps=3 "${@:2}" >"$1.log" 2>&1 || code=$?
  echo $code >"$1.code"
}

# Two starts with one --out_dir: one trains, the other says why it does not.
for round in {1..5}; do
  for i in 1 2; do
    start $i --out_dir=same$round &
  done
  wait
  [[ $(sort 1.code 2.code | xargs) == '0 1' ]] || fail "exit codes $(cat 1.code 2.code | xargs)"
  loser=$([[ $(cat 1.code) == 1 ]] && echo 1 || echo 2)
  found="((another process|process [0-9]+) that trains in it|a run)"
  grep -Eq -- "^train_mlm: --out_dir: same$round: found $found, expected" \
    $loser.log || fail 'another message'
  [[ -e same$round/checkpoints/step-000003 ]] || fail 'the other took its folder'
done

# Without --out_dir every start has a folder of its own, also in the same second.
for i in {1..4}; do
  start $i --seed=$i &
done
wait
[[ $(cat {1..4}.code | xargs) == '0 0 0 0' ]] || fail "exit codes $(cat {1..4}.code | xargs)"
[[ $(ls runs | wc -l) == 4 ]] || fail "folders $(ls runs | xargs)"
for run in runs/*; do
  [[ -e $run/checkpoints/step-000003 ]] || fail "$run is not whole"
  grep -q "out_dir: \"$run\"" "$run/run.textproto" || fail "$run says it is another"
done

# A run that trains (it waits: nobody reads its lines) can't be resumed beside itself.
mkfifo lines
"$train_mlm" "${flags[@]}" --steps=100000 --log_every=1 --out_dir=busy >busy.log 2>lines &
training=$!
exec 3<lines
while [[ ! -e busy/metrics.jsonl ]]; do
  IFS= read -r -u 3 line || fail 'it ended at once'
done
code=0
"$train_mlm" --resume --out_dir=busy >second.log 2>&1 || code=$?
kill -9 $training
killed=0
wait $training || killed=$?
[[ $killed == 137 ]] ||
  fail "exit code $killed of the run that trains, expected 137 of one that was killed"
[[ $code == 1 ]] || fail "resumed beside itself: exit code $code, expected 1"
busy='train_mlm: --resume: busy: found (another process|process [0-9]+) that trains in it'
grep -Eqx "$busy, expected a folder that none uses" second.log ||
  fail 'another message'
