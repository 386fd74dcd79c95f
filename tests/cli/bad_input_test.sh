#!/bin/bash
# Bad input ends in one line that names flag or file, what was found and what was
# expected, with exit code 1, and leaves nothing behind. Every case runs the program
# in a folder of small inputs and compares the folder before and after.
set -u

train_mlm=$PWD/$1
fill_mask=$PWD/$2
inspect_checkpoint=$PWD/$3
draw_graph=$PWD/$4
analyze=$PWD/$5
sample=$PWD/$6
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/bad_input.XXXXXX")
work=$(cd "$work" && pwd -P)
export BUILD_WORKING_DIRECTORY=$work  # relative paths are relative to it
stdout=$work.stdout
stderr=$work.stderr
failures=0
cases=0

fail() {  # name, why
  failures=$((failures + 1))
  echo "FAILED $1: $2"
  sed 's/^/    /' "$stderr"
}

# Folders by name only: what was made in one and removed again changes its time.
tree() { find "$work" \( -type d -printf '%p\n' \) -o -printf '%p %s %T@\n' | sort; }

run() { (cd "$work" && timeout 60 "$@") >"$stdout" 2>"$stderr" </dev/null; }

# error NAME PATTERN COMMAND...: the last line of stderr matches the extended regular
# expression, the lines above it are progress of a program that still read the text.
error() {
  local name=$1 pattern=$2 program before code
  shift 2
  program=$(basename "$1")
  before=$(tree)
  run "$@"
  code=$?
  cases=$((cases + 1))
  echo "$name: $(tail -n 1 "$stderr" | sed "s#$work/##g")"
  [[ $code == 1 ]] || fail "$name" "exit code $code, expected 1"
  [[ -s $stdout ]] && fail "$name" "something on standard output"
  tail -n 1 "$stderr" | grep -Eq "^$program: .*$pattern" || fail "$name" "expected '$pattern'"
  head -n -1 "$stderr" | grep -Evq '^vocabulary: |/tokens/(train|eval): ' &&
    fail "$name" "more than one line"
  [[ $(tree) == "$before" ]] || fail "$name" "files were made: $(tree | diff <(echo "$before") -)"
}

ok() {  # NAME COMMAND...
  local name=$1
  shift
  run "$@"
  local code=$?
  cases=$((cases + 1))
  [[ $code == 0 ]] || fail "$name" "exit code $code, expected 0: $(tail -n 1 "$stderr")"
}

tiny=(--steps=1 --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 --vocab_size=64
  --eval_every=0 --threads=1)
# train NAME PATTERN FLAGS...: a run that is good but for the flags, which come last.
train() {
  local name=$1 pattern=$2
  shift 2
  error "$name" "$pattern" "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=new/run "$@"
}
resume() {
  local name=$1 pattern=$2
  shift 2
  error "$name" "$pattern" "$train_mlm" --resume --out_dir=run "$@"
}

cd "$work" || exit 1
words=(the old man sat by fire and read his book while a dog ran over hill)
for line in {1..200}; do
  text=
  for word in {1..8}; do text+="${words[(line * word + line / 7) % 16]} "; done
  echo "$text"
done >text.txt
: >empty.txt
echo 'a b' >short.txt
printf '\n\n' >blank.txt
head -n 30 text.txt >thirty.txt
mkdir folder empty_folder broken_run
echo 'steps {' >broken_run/run.textproto
special=('[PAD]' '[UNK]' '[CLS]' '[SEP]')
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

# Folders.
ok 'a good run' "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=run
train 'out_dir below a file' '--out_dir: .*/text.txt: .*Not a directory.*expected a folder' \
  --out_dir=text.txt/run
train 'out_dir is a file' '--out_dir: .*/text.txt: .*Not a directory.*expected a folder' \
  --out_dir=text.txt
if [[ $(id -u) != 0 ]]; then
  chmod 555 folder
  train 'out_dir not writable' '--out_dir: .*/folder/run: .*Permission denied' --out_dir=folder/run
fi
train 'out_dir holds a run' '--out_dir: .*/run: found a run, expected' --out_dir=run
train 'out_dir holds a run, seen before data is read' '--out_dir: .*/run: found a run, expected' \
  --out_dir=run --data=none.txt
mkdir old
cp run/vocab.txt old
train "out_dir holds a run's part" '--out_dir: .*/old/vocab.txt: found it, expected' --out_dir=old
train 'resume where nothing is' '--resume: .*/new/run: found no run.textproto, expected' --resume
train 'resume where no run is' '--resume: .*/folder: found no run.textproto, expected' --resume \
  --out_dir=folder
error 'resume without folder' '--resume: found no --out_dir, expected' "$train_mlm" --resume
train 'resume of a broken run' 'broken_run/run.textproto:1:[0-9]+: found .*expected a run' \
  --resume --out_dir=broken_run
resume 'contradiction' '--hidden: found 16, expected 8 .*--resume' --hidden=16
resume 'contradiction of steps' '--steps: found 5, expected 1 ' --steps=5
resume 'contradiction of rates' '--lr: found 0.5, expected 0.001 ' --lr=0.5
resume 'contradiction of text' '--data: found short.txt, expected /.*/text.txt ' --data=short.txt
ok 'no contradiction' "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=run --resume --threads=2
grep -q 'the run is at its last step, 1' "$stdout" || fail 'no contradiction' 'says not it is done'
ok 'resumed from elsewhere' bash -c 'mkdir elsewhere && cd elsewhere &&
  BUILD_WORKING_DIRECTORY=$PWD "$0" --resume --out_dir=../run' "$train_mlm"
cp -r run edited
sed -i 's/hidden: 8/hidden: 0/' edited/run.textproto
resume 'a damaged run' '/edited/run.textproto:[0-9]+: found the checksum .*expected' \
  --out_dir=edited
sed -i 's/^# CRC-32C: .*/# CRC-32C: none/' edited/run.textproto
resume 'an edited run' "/edited/run.textproto: --hidden: found '0', expected a whole number from" \
  --out_dir=edited
sed -i 's/hidden: 0/hidden: 8/; s/vocab_size: .*/vocab_size: 999999999/' edited/run.textproto
rm edited/checkpoints/*
resume 'a vocabulary that nobody has' '--vocab_size: found 999999999, expected 6 to 1048576' \
  --out_dir=edited
: >edited/run.textproto
resume 'an emptied run' '/edited/run.textproto:0: found no checksum as its last line, expected' \
  --out_dir=edited
echo '# CRC-32C: none' >edited/run.textproto
resume 'a run of nothing' '/edited/run.textproto: found neither .* expected those of a run' \
  --out_dir=edited
rm -r edited
cp -r run without_folders
rm -r without_folders/checkpoints without_folders/tokens
ok 'resumed where its folders are gone' "$train_mlm" --resume --out_dir=without_folders
[[ -e without_folders/checkpoints/step-000001 ]] ||
  fail 'resumed where its folders are gone' 'made no checkpoint'
cp -r run unfinished  # as if it had been killed before its first checkpoint
rm unfinished/checkpoints/*
sed -i '/^finished: /d; s/^# CRC-32C: .*/# CRC-32C: none/' unfinished/run.textproto
cp -r unfinished piped
rm piped/metrics.jsonl
mkfifo piped/metrics.jsonl
run "$train_mlm" --resume --out_dir=piped
code=$?
cases=$((cases + 1))
[[ $code == 1 ]] || fail 'metrics that are a pipe' "exit code $code, expected 1"
tail -n 1 "$stderr" | grep -q 'piped/metrics.jsonl: found a pipe or socket, expected a regular' ||
  fail 'metrics that are a pipe' 'another message'
cp -r run of_gpt
sed -i 's/^program: .*//; s/^# CRC-32C: .*/# CRC-32C: none/' of_gpt/run.textproto
sed -i '1i program: "train_gpt"' of_gpt/run.textproto
error "another program's run" \
  '--run: .*/of_gpt: found a run of train_gpt, expected one of train_mlm' \
  "$fill_mask" --run=of_gpt 'the [MASK] sat'
train 'a folder beside a missing one' "--out_dir: .*/../x: found '..' after .*/none, .*expected" \
  --out_dir=none/../x
train 'a name of two lines' '--data: .*/two\\nlines\\x1b\[2J: cannot open' \
  "--data=two"$'\n'"lines"$'\e'"[2J"
ok 'fewer tokens than wished' \
  "$train_mlm" --data=text.txt "${tiny[@]}" --vocab_size=5000 --out_dir=all_words
ok 'the same wish again' \
  "$train_mlm" --data=text.txt "${tiny[@]}" --vocab_size=5000 --out_dir=all_words --resume

# What a run does not need any more.
printf '%s\n' "${special[@]}" '[MASK]' "${words[@]}" >given.vocab
cp text.txt moved.txt
ok 'a given vocabulary' "$train_mlm" --data=moved.txt --vocab=given.vocab "${tiny[@]}" \
  --schedule=constant --out_dir=given
mv given.vocab elsewhere
ok 'resumed where the vocabulary is moved' "$train_mlm" --resume --out_dir=given --steps=2
error 'steps that are done' '--steps: found 1, expected at least 2' "$train_mlm" --resume \
  --out_dir=given --steps=1
mv moved.txt elsewhere
ok 'resumed at its end where the text is moved' "$train_mlm" --resume --out_dir=given
grep -q 'the run is at its last step, 2' "$stdout" || fail 'text is moved' 'says not it is done'

# A batch that is not learnt stays so.
error_of_overfitting='--overfit_one_batch: found a loss of [0-9.]+, expected less than 0.1 in fewer'
run "$train_mlm" --data=text.txt "${tiny[@]}" --overfit_one_batch --out_dir=overfit
tail -n 1 "$stderr" | grep -Eq -- "$error_of_overfitting" || fail 'overfitting' 'no error'
error 'overfitting, resumed' "$error_of_overfitting" "$train_mlm" --resume --out_dir=overfit

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
few=$(run "$train_mlm" --data=text.txt "${tiny[@]}" --hidden=1000000; cat "$stderr")
many=$(run "$train_mlm" --data=text.txt "${tiny[@]}" --hidden=1000000 --threads=64; cat "$stderr")
[[ $many == *'found a training of '* && $few != "$many" ]] ||
  fail 'memory of threads' "not counted: $many"
few=$(run "$analyze" --measure --hidden=1000000 --threads=1; cat "$stderr")
many=$(run "$analyze" --measure --hidden=1000000 --threads=64; cat "$stderr")
[[ $many == *'found a training of '* && $few != "$many" ]] ||
  fail 'memory of threads, analyze' "not counted: $many"
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
train 'no folder for a trace' '--trace: .*/absent/trace.json.*: No such file' \
  --trace=absent/trace.json
# What is written takes no input's place, by whatever name, nor a part of the run's.
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
error 'one file for two drawings' '--dot: .*/a.svg: found it in use for --svg .*expected' \
  "$draw_graph" --layers=1 --svg=a.svg --dot=./a.svg
error 'one file for two pictures' '--roofline: .*: found it in use for --svg .*expected' \
  "$analyze" --measure --layers=1 --svg=a.svg --roofline=a.svg
train 'no flag' "found the argument 'stray', expected" stray

# Checkpoints.
good=run/checkpoints/step-000001
head -c 1000 $good >cut
head -c -1 $good >one_byte_less
cp text.txt foreign
cp $good flipped
printf '\125' | dd of=flipped bs=1 seek=2500 conv=notrunc status=none
cmp -s $good flipped && printf '\252' | dd of=flipped bs=1 seek=2500 conv=notrunc status=none
ok 'another width' "$train_mlm" --data=text.txt "${tiny[@]}" --hidden=16 --out_dir=wide
fill() {  # NAME PATTERN CHECKPOINT
  error "fill_mask, $1" "--checkpoint: .*/$3: $2" \
    "$fill_mask" --run=run "--checkpoint=$3" 'the [MASK] sat'
}
inspect() { error "inspect_checkpoint, $1" "/$3: $2" "$inspect_checkpoint" "$3"; }
for tool in fill inspect; do
  $tool 'cut' 'header: the file has 1000 bytes, expected [0-9]+' cut
  $tool 'one byte less' 'header: the file has [0-9]+ bytes, expected [0-9]+' one_byte_less
  $tool 'a bit flipped' '.*expected' flipped
  $tool 'foreign' \
    '.*no checkpoint of Hairpin: found the first bytes "old man ", expected "HAIRPIN' foreign
  $tool 'empty' 'header: the file has 0 bytes, expected' empty.txt
  $tool 'missing' '.*No such file.*expected a file' none
  $tool 'a folder' 'found a directory, expected' folder
done
fill 'of another shape' 'found .*hidden: 16.*expected .*hidden: 8' wide/checkpoints/step-000001
# Two checkpoints: what differs goes to standard output, and the exit code says whether.
ok 'another seed' "$train_mlm" --data=text.txt "${tiny[@]}" --seed=1 --out_dir=seed
compare() {  # NAME EXIT_CODE LAST_LINE FILES...
  local name=$1 expected=$2 last=$3 code
  shift 3
  run "$inspect_checkpoint" "$@"
  code=$?
  cases=$((cases + 1))
  echo "$name: $(tail -n 1 "$stdout")"
  [[ $code == "$expected" ]] || fail "$name" "exit code $code, expected $expected"
  tail -n 1 "$stdout" | grep -Eq "$last" || fail "$name" "expected '$last'"
}
cp $good copy
compare 'the same' 0 '^equal$' $good copy
compare 'two seeds' 1 '^[0-9]+ tensors differ$' $good seed/checkpoints/step-000001
differs='^parameter norm.weight: [0-9]+ of 8 elements differ, by at most [0-9.e-]+ at \[[0-7]\], '
grep -Eq "$differs" "$stdout" || fail 'two seeds' 'expected norm.weight'
compare 'two widths' 1 '^[0-9]+ tensors differ$' $good wide/checkpoints/step-000001
grep -Fxq 'parameter norm.weight: float32 [8] in the first file, float32 [16] in the second' \
  "$stdout" || fail 'two widths' 'expected the shapes'
error 'one of two damaged' '/flipped: record [0-9]+ at byte' "$inspect_checkpoint" $good flipped
error 'fill_mask without run' '--run: found none, expected' "$fill_mask" '[MASK]'
error 'fill_mask where no run is' '--run: .*/folder: found no run.textproto, expected' \
  "$fill_mask" --run=folder '[MASK]'
error 'fill_mask, no mask' 'found no \[MASK\], expected' "$fill_mask" --run=run 'no mask'
error 'fill_mask, none' "--top: found '0', expected" "$fill_mask" --run=run --top=0 '[MASK]'
error 'fill_mask, unknown flag' '--tip: found an unknown flag, expected' "$fill_mask" --tip=5
error 'inspect, nothing' 'found 0 files, expected one' "$inspect_checkpoint"
error 'inspect, three' 'found 3 files, expected one checkpoint to show or two' \
  "$inspect_checkpoint" $good $good $good
for flag in verify digest; do
  error "inspect, $flag of two" "--$flag: found 2 files, expected one checkpoint$" \
    "$inspect_checkpoint" --$flag $good $good
done
error 'verify and digest' '--digest: found with --verify, expected one of both$' \
  "$inspect_checkpoint" --verify --digest $good
error 'verify, flipped' '/flipped: record [0-9]+ at byte [0-9]+: CRC of its bytes is .*expected' \
  "$inspect_checkpoint" --verify flipped
error 'verify, cut' '/cut: header: the file has 1000 bytes' "$inspect_checkpoint" --verify cut
error 'verify, missing' '/none: .*No such file' "$inspect_checkpoint" --verify none
ok 'verify, good' "$inspect_checkpoint" --verify $good
grep -Eq "/$good: good, [0-9]+ records, step 1$" "$stdout" || fail 'verify, good' 'says not so'
error 'inspect, unknown flag' '--bytes: found an unknown flag' "$inspect_checkpoint" --bytes

# Drawings.
draw() {  # NAME PATTERN FLAGS...
  local name=$1 pattern=$2
  shift 2
  error "draw_graph, $name" "$pattern" "$draw_graph" --layers=1 "$@"
}
for flag in svg dot; do
  draw "$flag below a file" "--$flag: .*/text.txt/graph.*: Not a directory, expected a file" \
    "--$flag=text.txt/graph"
  draw "$flag in no folder" "--$flag: .*/none/graph.*: No such file or directory, expected a file" \
    "--$flag=none/graph"
done
draw 'one of two' '--dot: .*/none/graph.*: No such file' --svg=graph.svg --dot=none/graph
draw 'svg is a folder' '--svg: .*/folder: .*, expected a file' --svg=folder
draw 'layer unknown' "--layer: found 'encoder.1', expected a layer of the graph: encoder.0$" \
  --layer=encoder.1
draw 'too many layers' '--svg: found a graph of [0-9]+ nodes, expected at most 450; --layer' \
  --layers=19 --svg=graph.svg
draw 'too many FLOPs to be counted' 'found a step of some [0-9.e+]+ FLOPs, expected at most' \
  --hidden=1048576 --intermediate=1048576 --seq_len=16384 --layers=1000
draw 'policy unknown' "--checkpointing: found 'half', expected none, cheap" --checkpointing=half
draw 'hidden not divisible' '--hidden: found 9, expected a multiple of --heads, 2' --hidden=9 \
  --heads=2
draw 'layers zero' "--layers: found '0', expected a whole number from 1 to 1000" --layers=0
draw 'preset unknown' "--preset: found 'other', expected mini" --preset=other
draw 'a flag of training' '--steps: found an unknown flag' --steps=3
draw 'no flag' "found the argument 'stray', expected only flags" stray

# Analyses.
analyze() {  # NAME PATTERN FLAGS...
  local name=$1 pattern=$2
  shift 2
  error "analyze, $name" "$pattern" "$analyze" --layers=1 --hidden=8 --heads=2 --threads=1 "$@"
}
analyze 'svg below a file' '--svg: .*/text.txt/step.*: Not a directory, expected a file' \
  --svg=text.txt/step
analyze 'svg in no folder' '--svg: .*/none/step.*: No such file or directory, expected a file' \
  --svg=none/step --measure --json
analyze 'svg is a folder' '--svg: .*/folder: .*, expected a file' --svg=folder
analyze 'hidden not divisible' '--hidden: found 9, expected a multiple of --heads, 2' --hidden=9
analyze 'too large to be measured' 'found a training of [0-9]+ bytes.*expected at most' --measure \
  --hidden=1000000
analyze 'too many FLOPs to be counted' 'found a step of some [0-9.e+]+ FLOPs, expected at most' \
  --hidden=1048576 --intermediate=1048576 --seq_len=65536 --micro_batch=16384 --layers=1000
analyze 'policy unknown' "--checkpointing: found 'all', expected none, .* or all_policies$" \
  --checkpointing=all
analyze 'threads zero' "--threads: found '0', expected a whole number from 1" --threads=0
analyze 'layers negative' "--layers: found '-1', expected a whole number from 1" --layers=-1
analyze 'packing unknown' "--packing: found 'other', expected stream or line" --packing=other
analyze 'neither true nor false' "--measure: found 'maybe', expected true" --measure=maybe
analyze 'a flag of training' '--steps: found an unknown flag' --steps=3
analyze 'no flag' "found the argument 'stray', expected only flags" stray

# Standard output that can't be written.
full() {  # NAME COMMAND...
  local name=$1 code error
  shift
  (cd "$work" && timeout 60 "$@") >/dev/full 2>"$stderr" </dev/null
  code=$?
  cases=$((cases + 1))
  [[ $code == 1 ]] || fail "$name to a full disk" "exit code $code, expected 1"
  error="$(basename "$1"): standard output: cannot write, expected room for all of it"
  [[ $(tail -n 1 "$stderr") == "$error"* ]] || fail "$name to a full disk" 'another message'
}
full 'a training' "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=full
full 'its end' "$train_mlm" --resume --out_dir=full
full 'words' "$fill_mask" --run=run 'the [MASK] sat'
grep -q 'all of it: No space left on device$' "$stderr" || fail 'words to a full disk' 'no reason'
full 'a digest' "$inspect_checkpoint" --digest $good
full 'a checkpoint' "$inspect_checkpoint" $good
full 'an analysis' "$analyze" --layers=1 --hidden=8 --heads=2 --threads=1
full 'a drawing' "$draw_graph" --layers=1
full 'help' "$train_mlm" --help

# What is no error.
for program in "$train_mlm" "$fill_mask" "$inspect_checkpoint" "$draw_graph" "$analyze"; do
  ok "$(basename "$program") --help" "$program" --help
  [[ -s $stdout && ! -s $stderr ]] || fail "$(basename "$program") --help" 'not on standard output'
  cp "$stdout" "$work.help"
  ok "$(basename "$program") --help=true" "$program" --help=true
  cmp -s "$stdout" "$work.help" || fail "$(basename "$program") --help=true" 'another text'
done
ok "a trace in the new run's folder" "$train_mlm" --data=text.txt "${tiny[@]}" --steps=2 \
  --out_dir=new/traced --trace=new/traced/trace.json
[[ -s new/traced/trace.json ]] || fail "a trace in the new run's folder" 'none is there'
echo theirs >graph.svg.partial
ok 'a drawing in two files' "$draw_graph" --layers=1 --svg=graph.svg --dot=graph.dot
[[ -s $stdout ]] && fail 'a drawing in two files' 'something on standard output'
[[ $(<graph.svg.partial) == theirs ]] || fail 'a drawing in two files' 'took a file of theirs'
head -n 1 graph.svg | grep -q '^<?xml' || fail 'a drawing in two files' 'graph.svg is no SVG'
ok 'a drawing on standard output' "$draw_graph" --layers=1
cmp -s "$stdout" graph.dot || fail 'a drawing on standard output' 'not that of --dot'
ok 'a drawing on standard output beside one' "$draw_graph" --layers=1 --svg=graph.svg --dot=-
cmp -s "$stdout" graph.dot || fail 'a drawing on standard output beside one' 'not that of --dot'
[[ -e $work/- ]] && fail 'a drawing on standard output beside one' 'a file named -'
ok 'a drawing of a policy' "$draw_graph" --layers=1 --checkpointing=cheap --layer=encoder.0
grep -q '  dropped ' "$stdout" || fail 'a drawing of a policy' 'nothing is dropped'
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

cd /
chmod -R u+rwX "$work"
rm -r "$work" "$work.help" "$stdout" "$stderr"
echo "$cases cases, $failures failures"
[[ $failures == 0 ]]
