#!/bin/bash
# Sizes that nobody would choose: a training of each ends well, or with one line that says why not.
set -eu

train_mlm=$PWD/$1
train_gpt=$PWD/$2
inspect_checkpoint=$PWD/$3
source "$(dirname "$0")/training_checks.sh"
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/hostile_sizes.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

words=(the old man sat by fire and read his book while a dog ran over hill)
for line in {1..200}; do
  text=
  for word in {1..8}; do text+="${words[(line * word + line / 7) % 16]} "; done
  echo "$text"
done >text.txt
tiny=(--steps=2 --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 --micro_batch=2
  --threads=1)
run=0

# trains PROGRAM FLAGS...: two steps, in at most a minute and 200 MB; "last" is the run.
trains() {
  local program=$1 code=0
  shift
  run=$((run + 1))
  ln -sfn run$run last
  timeout 60 "$program" --data=text.txt "${tiny[@]}" "$@" --out_dir=run$run >train.log 2>&1 ||
    code=$?
  [[ $code == 0 ]] || fail "$*: exit code $code"
  "$inspect_checkpoint" --verify "run$run/checkpoints/step-$(printf %06d "$(steps "$@")")" \
    >verify.log || fail "$*: its checkpoint"
  reaches run$run rss_mb '<' 200
}
steps() {
  local flag
  for flag in "$@"; do
    [[ $flag != --steps=* ]] || { echo "${flag#--steps=}" && return; }
  done
  echo 2
}

small=(--hidden=1 --heads=1 --intermediate=1)
trains "$train_mlm" --layers=1000 "${small[@]}" --seq_len=3 --micro_batch=1 --accumulation=1 \
  --vocab_size=30
refuses "$train_mlm" "--layers: found '10000', expected a whole number from 1 to 1000" \
  --data=text.txt "${tiny[@]}" --layers=10000
# One token between [CLS] and [SEP]; one at all.
trains "$train_mlm" "${small[@]}" --seq_len=3
trains "$train_gpt" "${small[@]}" --seq_len=1
trains "$train_mlm" --micro_batch=1 --accumulation=1
# More threads than there are cores.
trains "$train_mlm" --threads=1024
trains "$train_gpt" --threads=64 --micro_batch=1

# Limits of memory: what won't fit is refused, what no prediction counts ends in a line, too. 127 is
# of the system, which has not even room for the program.
refused=0
for kilobytes in 16000 20000 24000 30000 36000 44000 60000; do
  for program in "$train_mlm" "$train_gpt"; do
    code=0
    (ulimit -v $kilobytes && exec "$program" --data=text.txt --steps=2 --threads=1 \
      --out_dir=limit) >limit.log 2>&1 || code=$?
    [[ $code == @(0|1|127) ]] || fail "$kilobytes kB: exit code $code"
    last=$(tail -n 1 limit.log)
    [[ $code != 1 || $last =~ ^$(basename "$program"):\ .*,\ expected\  ]] ||
      fail "$kilobytes kB: no line says why: $last"
    predicted="found a training of [0-9]+ bytes .*, expected at most the [0-9]+ bytes that are left"
    [[ $code != 1 || ! $last =~ $predicted ]] || {
      refused=$((refused + 1))
      [[ ! -e limit ]] || fail "$kilobytes kB: a refused run left its folder"
    }
    rm -rf limit
  done
done
((refused > 0)) || fail 'no limit of memory was seen'

# A vocabulary of one word, and a text of one sequence.
printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' dog >dog.vocab
trains "$train_mlm" --vocab=dog.vocab
echo 'the old man sat by fire' >one.txt
trains "$train_mlm" --data=one.txt --eval_data=one.txt --vocab_size=100 --packing=line
grep -Eq '/tokens/train: [0-9]+ ids of 1 lines in 1 sequences' train.log || fail 'not one sequence'
printf 'abcdefghi' >nine.txt
trains "$train_gpt" --data=nine.txt --eval_data=nine.txt

# Texts of one kind of character. Of an emoji or a mark of punctuation each is a word; CR ends no
# line but is a space, and a NUL is nothing.
repeat() { yes "$1" | head -n "$2" || true; }
repeat '?!,.;:-' 200 >punctuation.txt
repeat '😀 🎉👍🏽 👩‍👩‍👧' 200 >emoji.txt
head -c 100000 /dev/zero >nul.txt
tr '\0' '\r' <nul.txt >cr.txt
for text in punctuation emoji; do
  trains "$train_mlm" --data=$text.txt --vocab_size=100
  trains "$train_gpt" --data=$text.txt
done
for text in cr nul; do
  refuses "$train_mlm" "--data: $text.txt: found no word.*expected" --data=$text.txt "${tiny[@]}"
  trains "$train_gpt" --data=$text.txt
done

# A line of 100 MB takes no more memory than any other text.
tr '\n' ' ' <text.txt >line
while [[ $(stat -c %s line) -lt 6000000 ]]; do cat line line >lines && mv lines line; done
for _ in {1..20}; do cat line; done | head -c 100000000 >long.txt
trains "$train_mlm" --data=long.txt --eval_data=text.txt --vocab_size=100 --threads=2
