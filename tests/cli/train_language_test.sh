#!/bin/bash
# train_gpt, train_lstm and generate: they learn a text and continue it, the same text for the same
# flags; a run that is killed and resumed has the bits of one that was not; what is wrong is said.
set -eu
source "$(dirname "$0")/training_checks.sh"

train_gpt=$PWD/$1
train_lstm=$PWD/$2
generate=$PWD/$3
inspect_checkpoint=$PWD/$4
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/language.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

for line in {1..120}; do echo "the quick brown fox jumps over the lazy dog, wie schön."; done >text
printf '%s\n' '[PAD]' '[UNK]' '[CLS]' '[SEP]' '[MASK]' the quick brown fox jump '##s' over \
  lazy dog , wie schon . >vocab.txt
small=(--data=text --seq_len=16 --hidden=32 --micro_batch=8 --threads=1)

# learns NAME PROGRAM FLAGS...: to go on with the line.
learns() {
  local name=$1 program=$2
  shift 2
  "$program" "${small[@]}" --steps=300 --lr=1e-2 "$@" --out_dir=$name >$name.log 2>&1 || fail $name
  reaches "$name" eval_loss '<' 0.4
  "$generate" --run=$name --prompt='the quick brown' --length=60 --temperature=0 >$name.text \
    2>$name.text.log || fail "$name: generate"
  grep -q 'fox jumps over the lazy dog *, wie sch' $name.text || fail "$name: $(cat $name.text)"
}
learns gpt "$train_gpt" --layers=1 --heads=2
learns lstm "$train_lstm"
learns gru "$train_lstm" --cell=gru --tokens=bytes
learns words "$train_gpt" --layers=1 --heads=2 --tokens=wordpiece --vocab=vocab.txt
learns made_words "$train_lstm" --tokens=wordpiece --vocab_size=100
grep -q 'wie schön' lstm.text || fail "characters of several bytes: $(cat lstm.text)"

# What a run does not know of a prompt is said; what it knows is not.
"$generate" --run=lstm --length=1 --prompt='ab☃c☃é'$'\e' >/dev/null 2>note
grep -Fxq -- "--prompt: not known to the run, each read as �: '☃', 'é', '\x1b'" note ||
  fail "no note of unknown characters: $(cat note)"
"$generate" --run=lstm --length=1 --prompt='0123456789☃é€ß' >/dev/null 2>note
grep -Eq "^--prompt: .*' and 4 more$" note || fail "all characters named: $(cat note)"
"$generate" --run=words --length=1 --prompt='☃☃' >/dev/null 2>note
grep -Fxq -- "--prompt: not known to the run, each read as [UNK]: '☃☃'" note ||
  fail "no note of unknown words: $(cat note)"
for run in lstm gru; do
  "$generate" --run=$run --length=1 --prompt='a' >/dev/null 2>note
  ! grep -q -- --prompt note || fail "$run: a note of nothing: $(cat note)"
done

"$generate" --run=gpt --length=200 --temperature=2 --seed=1 >one 2>>seed.log
"$generate" --run=gpt --length=200 --temperature=2 --seed=1 >again 2>>seed.log
"$generate" --run=gpt --length=200 --temperature=2 --seed=2 >two 2>>seed.log
cmp one again || fail 'one seed, two texts'
! cmp -s one two || fail 'two seeds, one text'

resumes "$train_gpt" segments "${small[@]}" --layers=1 --heads=2 --dropout=0.1
resumes "$train_lstm" segments "${small[@]}" --dropout=0.1

: >empty
echo short >short
for program in "$train_gpt" "$train_lstm"; do
  refuses "$program" '--data: .*none: cannot open' --data=none
  refuses "$program" '--data: .*empty: found an empty file' --data=empty
  refuses "$program" '--data: found [0-9]+ tokens, expected more than the 64' --data=short
  refuses "$program" "--tokens: found 'words', expected characters, bytes or wordpiece" \
    --data=text --tokens=words
  refuses "$program" '--vocab: found a file, expected none' --data=text --vocab=vocab.txt
done
refuses "$train_gpt" '--hidden: found 30, expected a multiple of heads' --data=text \
  --hidden=30
refuses "$train_lstm" "--cell: found 'rnn', expected lstm or gru" --data=text --cell=rnn
error "$generate" '--run: found none, expected a run folder'
error "$generate" '--run: ' --run=none
error "$generate" '--checkpoint: .*cannot open' --run=gpt --checkpoint=none
error "$generate" '--top_p: found' --run=gpt --top_p=2
