#!/bin/bash
# train_gpt, train_lstm and generate: they learn a text and continue it, the same text for the same
# flags; a run that is killed and resumed has the bits of one that was not; what is wrong is said.
set -eu

train_gpt=$PWD/$1
train_lstm=$PWD/$2
generate=$PWD/$3
inspect_checkpoint=$PWD/$4
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/language.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1"
  for log in *.log; do echo "--- $log" && tail -n 5 "$log"; done
  exit 1
}

for line in {1..120}; do echo "the quick brown fox jumps over the lazy dog, wie schön."; done >text
printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' the quick brown fox jump '##s' over lazy dog \
  , wie schon . >vocab.txt
small=(--data=text --seq_len=16 --hidden=32 --micro_batch=8 --threads=1)

last() { grep -o "\"$2\":[^,}]*" "$1/metrics.jsonl" | tail -n 1 | cut -d : -f 2; }

# learns NAME PROGRAM FLAGS...: to go on with the line.
learns() {
  local name=$1 program=$2
  shift 2
  "$program" "${small[@]}" --steps=300 --lr=1e-2 "$@" --out_dir=$name >$name.log 2>&1 || fail $name
  awk "BEGIN {exit !($(last $name eval_loss) < 0.4)}" || fail "$name: $(last $name eval_loss)"
  "$generate" --run=$name --prompt='the quick brown' --length=60 --temperature=0 >$name.text \
    2>$name.text.log || fail "$name: generate"
  grep -q 'fox jumps over the lazy dog *, wie sch' $name.text || fail "$name: $(cat $name.text)"
}
learns gpt "$train_gpt" --layers=1 --heads=2
learns lstm "$train_lstm"
learns gru "$train_lstm" --cell=gru --tokens=bytes
learns words "$train_gpt" --layers=1 --heads=2 --tokens=wordpiece --vocab=vocab.txt
grep -q 'wie schön' lstm.text || fail "characters of several bytes: $(cat lstm.text)"

"$generate" --run=gpt --length=200 --temperature=2 --seed=1 >one 2>>seed.log
"$generate" --run=gpt --length=200 --temperature=2 --seed=1 >again 2>>seed.log
"$generate" --run=gpt --length=200 --temperature=2 --seed=2 >two 2>>seed.log
cmp one again || fail 'one seed, two texts'
! cmp -s one two || fail 'two seeds, one text'

# resumes PROGRAM FLAGS...
resumes() {
  local program=$1 name steps=2000 line code=0
  name=resume_$(basename "$program")
  shift
  flags=("${small[@]}" "$@" --steps=$steps --log_every=1 --eval_every=1000 --checkpoint_every=100)
  "$program" "${flags[@]}" --out_dir=$name.whole >$name.whole.log 2>&1 || fail "$name whole"
  mkfifo $name.lines
  "$program" "${flags[@]}" --out_dir=$name.killed >$name.killed.log 2>$name.lines &
  local training=$!
  exec 3<$name.lines
  until compgen -G "$name.killed/checkpoints/step-??????" >/dev/null; do
    IFS= read -r -u 3 line || fail "$name ended before its first checkpoint"
  done
  kill -9 $training
  wait $training || code=$?
  exec 3<&-
  [[ $code == 137 ]] || fail "$name: exit code $code, expected 137"
  "$program" --resume --out_dir=$name.killed --checkpointing=segments >$name.resumed.log 2>&1 ||
    fail "$name resumed"
  grep -q "^resuming from " $name.resumed.log || fail "$name began anew"
  for run in whole killed; do
    "$inspect_checkpoint" --digest $name.$run/checkpoints/step-00$steps | tail -n 1 >$run.digest
    sed -E 's/,"(tokens_per_second|ms_per_micro_batch|rss_mb|seconds)":[^,}]*//g' \
      $name.$run/metrics.jsonl >$run.metrics
  done
  grep -Eq '^[0-9a-f]{64}$' whole.digest || fail "$name: no digest"
  cmp whole.digest killed.digest || fail "$name: other parameters"
  diff whole.metrics killed.metrics >$name.metrics.log || fail "$name: metrics.jsonl differs"
}
resumes "$train_gpt" --layers=1 --heads=2 --dropout=0.1
resumes "$train_lstm" --dropout=0.1

# error PROGRAM PATTERN FLAGS...
error() {
  local program=$1 pattern=$2 code=0
  shift 2
  "$program" "$@" >bad.log 2>bad.err || code=$?
  [[ $code == 1 ]] || fail "$*: exit code $code, expected 1"
  [[ $(wc -l <bad.err) == 1 ]] || fail "$*: more than one line: $(cat bad.err)"
  grep -Eq "^$(basename "$program"): $pattern" bad.err || fail "$*: $(cat bad.err)"
  [[ ! -e bad ]] || fail "$*: something was left"
}
: >empty
echo short >short
for program in "$train_gpt" "$train_lstm"; do
  error "$program" '--data: .*none: cannot open' --data=none --out_dir=bad
  error "$program" '--data: .*empty: found an empty file' --data=empty --out_dir=bad
  error "$program" '--data: found [0-9]+ tokens, expected more than the 64' --data=short --out_dir=bad
  error "$program" "--tokens: found 'words', expected characters, bytes or wordpiece" \
    --data=text --tokens=words --out_dir=bad
  error "$program" '--vocab: found none, expected' --data=text --tokens=wordpiece --out_dir=bad
done
error "$train_gpt" '--hidden: hidden: found 30, expected a multiple of heads' --data=text \
  --hidden=30 --out_dir=bad
error "$train_lstm" "--cell: found 'rnn', expected lstm or gru" --data=text --cell=rnn --out_dir=bad
error "$generate" '--run: found none, expected a run folder'
error "$generate" '--run: ' --run=none
error "$generate" '--checkpoint: .*cannot open' --run=gpt --checkpoint=none
error "$generate" '--top_p: found' --run=gpt --top_p=2
