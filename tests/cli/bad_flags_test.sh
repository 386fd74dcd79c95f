#!/bin/bash
# Flags of a training that can't be: texts, vocabularies, numbers, words, and places where to write.
# Each ends in one line that names flag or file, what was found and what was expected, with exit
# code 1, and leaves nothing behind. At the end, what looks like it and is no error.
set -u

train_mlm=$PWD/$1
sample=$PWD/$2
source "$(dirname "$0")/bad_input_checks.sh" || exit 1

printf '\n\n' >blank.txt
head -n 30 text.txt >thirty.txt
mkdir empty_folder
printf '%s\n' "${special[@]}" a b c >no_mask.vocab
printf '%s\n' "${special[@]}" '[MASK]' a b a >twice.vocab
printf '%s\n' "${special[@]}" '[MASK]' a '' b >gap.vocab
printf '%s\n' "${special[@]}" '[MASK]' zebra >strange.vocab
unreadable=text.txt/inside  # root may read everything
if [[ $(id -u) != 0 ]]; then
  unreadable=secret.txt
  cp text.txt secret.txt
  chmod 000 secret.txt
fi

for flag in data eval_data vocab; do
  train "$flag missing" "--$flag: .*/none.txt: .*No such file.*expected a file" "--$flag=none.txt"
  train "$flag is a folder" "--$flag: .*/folder: found a directory, expected" "--$flag=folder"
  train "$flag empty" "--$flag: .*/empty.txt: found an empty file, expected" "--$flag=empty.txt"
  train "$flag unreadable" "--$flag: .*/$unreadable: cannot open: .*expected" \
    "--$flag=$unreadable"
done
train 'second file missing' '--data: .*/none.txt: .*expected' --data=text.txt,none.txt
train 'no file' '--data: found no text file, expected' --data=,
train 'too short' '--data: .*/short.txt: found 2 ids in 1 lines .*expected at least 6' \
  --data=short.txt
train 'too short, folder there' '--data: .*/short.txt: found 2 ids.*expected at least 6' \
  --data=short.txt --out_dir=empty_folder
train 'blank' '--data: .*/blank.txt: found no word.*expected' --data=blank.txt
train 'evaluation too short' '--eval_data: .*/short.txt: found 2 ids.*expected at least 6' \
  --eval_data=short.txt
train 'no line for evaluation' '--data .*/thirty.txt: found 0 ids.*expected at least 6' \
  --data=thirty.txt
error 'evaluation of the sample' '--eval_data: found .*expected none' \
  "$train_mlm" "${tiny[@]}" --eval_data=text.txt --out_dir=new

train 'vocabulary without [MASK]' '--vocab: .*/no_mask.vocab: found .*without \[MASK\], expected' \
  --vocab=no_mask.vocab
train 'vocabulary with a duplicate' \
  '--vocab: .*/twice.vocab:8: found "a" a second time \(first in line 6\), expected' \
  --vocab=twice.vocab
train 'vocabulary with an empty line' '--vocab: .*/gap.vocab:7: found an empty line, expected' \
  --vocab=gap.vocab
{ printf '%s\n' "${special[@]}" '[MASK]' && seq 1100000; } >huge.vocab
train 'vocabulary that is too large' '--vocab: .*/huge.vocab:1048577: found one more token' \
  --vocab=huge.vocab
train 'vocabulary of other words' '--data: found no id >= 5.*expected' --vocab=strange.vocab
train 'a name of two lines' '--data: .*/two\\nlines\\x1b\[2J: cannot open' \
  "--data=two"$'\n'"lines"$'\e'"[2J"

# Numbers and words.
train 'hidden not divisible' '--hidden: found 9, expected a multiple of --heads, 2' --hidden=9
for flag in layers hidden heads intermediate seq_len vocab_size steps micro_batch accumulation \
  threads keep adam_epsilon; do
  train "$flag zero" "--$flag: found '0', expected a .*number from" "--$flag=0"
done
for flag in layers steps warmup_steps lr weight_decay beta1 clip_norm dropout mask_probability \
  seed log_every; do
  train "$flag negative" "--$flag: found '-1', expected a .*number from" "--$flag=-1"
done
for flag in lr weight_decay beta1 beta2 adam_epsilon clip_norm dropout mask_probability; do
  train "$flag nan" "--$flag: found 'nan', expected a number from" "--$flag=nan"
done
train 'infinite' "--lr: found 'inf', expected a number" --lr=inf
train 'more than all' "--mask_probability: found '1.5', expected a number" --mask_probability=1.5
train 'more than 64 bits' "--steps: found '9{20}', expected" --steps=99999999999999999999
train 'model too large' '--hidden.*found a training of [0-9]+ bytes.*expected at most the [0-9]+' \
  --hidden=1000000
train 'batch too large' '--micro_batch.*found a training of [0-9]+ bytes.*expected at most' \
  --hidden=64 --intermediate=64 --seq_len=65536 --micro_batch=16384
train 'step too large' '--accumulation: found a training of [0-9]+ bytes.*expected at most' \
  --seq_len=512 --micro_batch=4096 --accumulation=65536 --mask_probability=0.01 --vocab_size=7
train 'all too large' '--hidden.*found a training of 2\^63 or more bytes.*expected at most' \
  --layers=1000 --hidden=1048576 --heads=1048576 --intermediate=1048576 --seq_len=65536 \
  --micro_batch=16384
more_threads 'memory of threads' "$train_mlm" --data=text.txt "${tiny[@]}" --hidden=1000000
train 'unknown flag' '--hiden: found an unknown flag, expected' --hiden=8
train "a library's flag" '--logtostderr: found an unknown flag, expected' --logtostderr
train 'no text at all' "--data: found '', expected a value" --data=
train 'overfitting with a schedule' \
  '--schedule: found linear, expected constant with --overfit_one_batch' --overfit_one_batch \
  --schedule=linear
train 'word for number' "--steps: found 'many', expected a whole number" --steps=many
train 'number and more' "--steps: found '10x', expected a whole number" --steps=10x
train 'fraction' "--steps: found '1.5', expected a whole number" --steps=1.5
train 'no value' "--steps: found '', expected a value" --steps
train 'neither true nor false' "--lowercase: found 'maybe', expected true" --lowercase=maybe
for flag in schedule preset packing on_nonfinite; do
  train "$flag unknown" "--$flag: found 'other', expected " "--$flag=other"
done
train 'no flag' "found the argument 'stray', expected" stray

# Places where to write.
train 'out_dir below a file' '--out_dir: .*/text.txt: .*Not a directory.*expected a folder' \
  --out_dir=text.txt/run
train 'out_dir is a file' '--out_dir: .*/text.txt: .*Not a directory.*expected a folder' \
  --out_dir=text.txt
if [[ $(id -u) != 0 ]]; then
  chmod 555 folder
  train 'out_dir not writable' '--out_dir: .*/folder/run: .*Permission denied' --out_dir=folder/run
fi
train 'a folder beside a missing one' "--out_dir: .*/../x: found '..' after .*/none, .*expected" \
  --out_dir=none/../x
train 'no folder for a trace' '--trace: .*/absent/trace.json.*: No such file' \
  --trace=absent/trace.json
# What is written takes no input's place, by whatever name, nor a part of the run's.
good_run
unfinished_run
ln -s text.txt linked.txt
for trace in text.txt ./text.txt linked.txt folder/../text.txt; do
  train "the trace is the text, $trace" "--trace: .*: found it in use for --data .*expected" \
    --trace=$trace
done
train 'the trace is the second text' '--trace: .*thirty.txt: found it in use for --data' \
  --data=text.txt,thirty.txt --trace=thirty.txt
train 'the trace is the text for evaluation' '--trace: .*: found it in use for --eval_data' \
  --eval_data=thirty.txt --trace=thirty.txt
train 'the trace is the vocabulary' '--trace: .*: found it in use for --vocab' \
  --vocab=run/vocab.txt --trace=run/vocab.txt
train "the trace is the run's folder" '--trace: .*: found it in use for --out_dir' \
  --out_dir=later/run --trace=later
for part in metrics.jsonl run.textproto vocab.txt tokens/train checkpoints/step-000001; do
  error "the trace is the run's, $part" '--trace: .*: found it in use for --out_dir .*expected' \
    "$train_mlm" --resume --out_dir=unfinished "--trace=unfinished/$part"
done
train "the trace is another run's" '--trace: .*: found it in use for a run .*expected' \
  --trace=unfinished/vocab.txt

# What is no error.
ok "a trace in the new run's folder" "$train_mlm" --data=text.txt "${tiny[@]}" --steps=2 \
  --out_dir=new/traced --trace=new/traced/trace.json
[[ -s new/traced/trace.json ]] || fail "a trace in the new run's folder" 'none is there'
# One line in fifty has a known word: most steps have nothing to mask.
for line in {1..200}; do
  if [[ $((line % 50)) == 0 || $line == 7 ]]; then echo zebra; else echo -; fi
done >rare.txt
ok 'steps without masks' "$train_mlm" --data=rare.txt "${tiny[@]}" --vocab=strange.vocab \
  --packing=line --micro_batch=1 --accumulation=1 --steps=3 --out_dir=rare
grep -Eq '^[1-3] steps changed nothing: nothing masked$' "$stdout" ||
  fail 'steps without masks' 'not counted'
ok 'worse than word frequencies' "$train_mlm" --data=text.txt "${tiny[@]}" --lr=0 --out_dir=worse
grep -Eq '^evaluation loss [0-9.]+, [0-9.]+ above word frequencies alone$' "$stdout" ||
  fail 'worse than word frequencies' 'says not above'

# Found through $PATH, the program still finds its sample.
mkdir -p bin/train_mlm.runfiles/hairpin/data/sample
cp "$train_mlm" bin/train_mlm
cp "$sample" bin/train_mlm.runfiles/hairpin/data/sample/sample.txt
ok 'found through the path' env -u RUNFILES_DIR -u TEST_SRCDIR "PATH=$work/bin:$PATH" train_mlm \
  "${tiny[@]}" --out_dir=sample
{ cat text.txt; printf 'bad \377\376 bytes\nand a \0 here\n'; } >dirty.txt
ok 'invalid UTF-8 and NUL' "$train_mlm" --data=dirty.txt --eval_data=text.txt "${tiny[@]}" \
  --out_dir=dirty
grep -q -- '--data: 2 invalid UTF-8 sequences .*, 1 NULs' "$stderr" ||
  fail 'invalid UTF-8 and NUL' 'expected both counted'

finish
