#!/bin/bash
# Folders of runs, and checkpoints, that are not what is asked for: another run's, moved, edited,
# damaged. Each ends in one line that names flag or file, what was found and what was expected, with
# exit code 1, and leaves all as it was; what a run can do without is no error.
set -u

train_mlm=$PWD/$1
fill_mask=$PWD/$2
inspect_checkpoint=$PWD/$3
source "$(dirname "$0")/bad_input_checks.sh" || exit 1

resume() {  # NAME PATTERN FLAGS...
  local name=$1 pattern=$2
  shift 2
  error "$name" "$pattern" "$train_mlm" --resume --out_dir=run "$@"
}

# Folders.
good_run
mkdir broken_run
echo 'steps {' >broken_run/run.textproto
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
unfinished_run
cp -r unfinished piped
rm piped/metrics.jsonl
mkfifo piped/metrics.jsonl
exits 'metrics that are a pipe' 1 "$train_mlm" --resume --out_dir=piped
tail -n 1 "$stderr" | grep -q 'piped/metrics.jsonl: found a pipe or socket, expected a regular' ||
  fail 'metrics that are a pipe' 'another message'
cp -r run of_gpt
sed -i 's/^program: .*//; s/^# CRC-32C: .*/# CRC-32C: none/' of_gpt/run.textproto
sed -i '1i program: "train_gpt"' of_gpt/run.textproto
error "another program's run" \
  '--run: .*/of_gpt: found a run of train_gpt, expected one of train_mlm' \
  "$fill_mask" --run=of_gpt 'the [MASK] sat'
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
  local name=$1 last=$3
  exits "$name" "$2" "$inspect_checkpoint" "${@:4}"
  echo "$name: $(tail -n 1 "$stdout")"
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

finish
