#!/bin/bash
# Data that changes under a run, grows or disappears: --resume says what differs and changes
# nothing. With --ignore_data_change it goes on, train_mlm from its own ids and to the same bits,
# others with the data as it is now.
set -eu

train_mlm=$PWD/$1
train_gpt=$PWD/$2
train_tabular=$PWD/$3
inspect_checkpoint=$PWD/$4
source "$(dirname "$0")/training_checks.sh"
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/data_change.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

words=(the old man sat by fire and read his book while a dog ran over hill)
for line in {1..200}; do
  text=
  for word in {1..8}; do text+="${words[(line * word + line / 7) % 16]} "; done
  echo "$text"
done >text.txt.good
# A run of a constant rate can be asked for more steps.
common=(--schedule=constant --warmup_steps=0 --threads=1)
small=(--layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 --micro_batch=2)

# begin PROGRAM FILE FLAGS...: folders "whole", of 20 steps, and "half", of 10.
begin() {
  local program=$1 file=$2
  shift 2
  cp "$file.good" "$file"
  rm -rf whole half
  for run in whole half; do
    local steps=20
    [[ $run == whole ]] || steps=10
    "$program" --data="$file" "${common[@]}" "$@" --steps=$steps --out_dir=$run >$run.log 2>&1 ||
      fail "$program: $run"
  done
}

tree() { find "$1" -type f -exec sha256sum {} + | sort; }

# stops PROGRAM PATTERN [PATTERN OF THE END]
stops() {
  local program=$1 pattern=$2 before code=0
  before=$(tree half)
  "$program" --resume --out_dir=half --steps=20 >stopped.log 2>&1 || code=$?
  [[ $code == 1 ]] || fail "$pattern: exit code $code, expected 1"
  [[ $(wc -l <stopped.log) == 1 ]] || fail "$pattern: more than one line"
  local end=', as when the run began; '${3:-}'--ignore_data_change goes on'
  grep -Eq "^$(basename "$program"): --resume: $work/$pattern$end$" stopped.log ||
    fail "another message than $pattern"
  [[ $(tree half) == "$before" ]] || fail "$pattern: it changed the run"
}

# goes_on PROGRAM PATTERN: with --ignore_data_change, in a copy of the run.
goes_on() {
  local program=$1 pattern=$2
  rm -rf on
  cp -r half on
  "$program" --resume --out_dir=on --steps=20 --ignore_data_change >on.log 2>&1 || fail "$pattern"
  grep -Eq "^$work/$pattern, as when the run began: ignored$" on.log || fail "$pattern: not said"
  [[ -e on/checkpoints/step-000020 ]] || fail "$pattern: no last checkpoint"
  grep -q 'sha256' on/run.textproto || fail "$pattern: it forgot what its data was"
  diff <(grep sha256 half/run.textproto) <(grep sha256 on/run.textproto) >diff.log ||
    fail "$pattern: its record of the data changed"
}

digest() { "$inspect_checkpoint" --digest "$1/checkpoints/step-000020" | tail -n 1; }
same_bits() { [[ $(digest on) == "$(digest whole)" ]] || fail "$1: other bits"; }

begin "$train_mlm" text.txt "${small[@]}" --vocab_size=64
grep -q '^vocabulary_sha256: "[0-9a-f]\{64\}"$' half/run.textproto || fail 'no hash of vocab.txt'
grown='text.txt: found 7 bytes after the [0-9]+ that it had, expected none'
echo 'a book' >>text.txt
stops "$train_mlm" "$grown"
goes_on "$train_mlm" "$grown" && same_bits grown
changed='text.txt: found contents with SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}'
sed 's/fire/hill/' text.txt.good >text.txt
stops "$train_mlm" "$changed"
goes_on "$train_mlm" "$changed" && same_bits changed
rm text.txt
gone='text.txt: cannot open: No such file or directory, expected a file that can be read'
stops "$train_mlm" "$gone" '--data may say where it is now, '
goes_on "$train_mlm" "$gone" && same_bits gone
# What it does not have it cannot make of another text.
rm half/tokens/train
code=0
"$train_mlm" --resume --out_dir=half --steps=20 --ignore_data_change >no_ids.log 2>&1 || code=$?
[[ $code == 1 ]] || fail "without ids: exit code $code"
no_ids='^train_mlm: --ignore_data_change: half/tokens/train: cannot open: No such file'
tail -n 1 no_ids.log | grep -Eq "$no_ids" ||
  fail 'without ids: another message'
# Back again, all is well: the ids are made again.
cp text.txt.good text.txt
"$train_mlm" --resume --out_dir=half --steps=20 >back.log 2>&1 || fail 'the text came back'
cp -r half/. on/ && same_bits 'the text came back'
# Elsewhere it is what it was, and from then on the run has it there.
rm -r half && begin "$train_mlm" text.txt "${small[@]}" --vocab_size=64
mkdir books && mv text.txt books/novels.txt
sed 's/fire/hill/' books/novels.txt >books/other.txt
before=$(tree half)
other="--data: found books/other.txt, expected $work/text.txt as in the run that --resume continues"
error "$train_mlm" "$other, or the same data elsewhere: $work/books/other.txt: found contents" \
  --resume --out_dir=half --steps=20 --data=books/other.txt
[[ $(tree half) == "$before" ]] || fail 'other data elsewhere: it changed the run'
"$train_mlm" --resume --out_dir=half --steps=15 --data=books/novels.txt >moved.log 2>&1 ||
  fail 'moved data'
[[ $(grep -c "\"$work/books/novels.txt\"" half/run.textproto) == 2 ]] || fail 'moved: not recorded'
"$train_mlm" --resume --out_dir=half --steps=20 >moved.log 2>&1 || fail 'moved data, resumed again'
rm -rf on && cp -r half on && same_bits 'moved data'
cp text.txt.good text.txt
refuses "$train_mlm" '--ignore_data_change: found it without --resume, expected' --data=text.txt \
  --ignore_data_change

# A comma is one of a name in a folder's, and in a file's after a backslash.
mkdir 'a,b' && head -n 50 text.txt.good >'a,b/c,d.txt' && cp text.txt.good 'a,b/text.txt'
(cd 'a,b' && "$train_mlm" --data='text.txt,c\,d.txt' "${common[@]}" "${small[@]}" --vocab_size=64 \
  --steps=10 --out_dir=run >comma.log 2>&1) || fail 'a comma in names'
[[ $(grep -c "\"$work/a,b/c,d.txt\"" 'a,b/run/run.textproto') == 1 ]] || fail 'commas: not recorded'
"$train_mlm" --resume --out_dir='a,b/run' --steps=15 >comma.log 2>&1 || fail 'commas: not resumed'
(cd 'a,b' && "$train_mlm" --resume --out_dir=run --steps=20 --data='text.txt,c\,d.txt' \
  >comma.log 2>&1) || fail 'commas: not resumed with the same flags'
(cd 'a,b' && "$train_gpt" --data=c,d.txt "${common[@]}" "${small[@]}" --steps=10 --out_dir=gpt \
  >comma.log 2>&1) || fail 'a comma in the only name'
"$train_gpt" --resume --out_dir='a,b/gpt' --steps=20 >comma.log 2>&1 || fail 'one name: not resumed'

# Its characters stay those that it began with, whatever others there are in the text now.
cp text.txt.good book.good
begin "$train_gpt" book "${small[@]}"
# What is damaged of them is made again, which is said.
cp half/characters.txt characters.good
for damaged in '' U+0041; do
  rm -rf on && cp -r half on && echo -n "$damaged" >on/characters.txt
  "$train_gpt" --resume --out_dir=on --steps=20 >on.log 2>&1 || fail "characters '$damaged'"
  grep -Eq '^on/characters.txt: found contents with SHA-256 .*, expected .*: made again$' on.log ||
    fail "characters '$damaged': not said"
  cmp characters.good on/characters.txt || fail "characters '$damaged': not made again"
  same_bits "characters '$damaged'"
done
sed 's/fire/FIRE/' book.good >book
changed='book: found contents with SHA-256 .*'
stops "$train_gpt" "$changed"
goes_on "$train_gpt" "$changed"
cmp half/characters.txt on/characters.txt || fail 'its characters changed'

{
  echo height,weight,kind
  for row in {1..50}; do
    kinds=(cat dog)
    echo "$((row * 7 % 31)).5,$((row * 5 % 17)),${kinds[row % 2]}"
  done
} >table.csv.good
begin "$train_tabular" table.csv --target=kind --micro_batch=8
head -n 40 table.csv.good >table.csv
changed='table.csv: found [0-9]+ bytes, expected [0-9]+'
stops "$train_tabular" "$changed"
goes_on "$train_tabular" "$changed"
