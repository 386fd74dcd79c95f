#!/bin/bash
# train_digits and train_vae: they learn made-up images, write what they promise, end with the bits
# of a run that was not interrupted when one is killed and resumed, and say what is wrong.
set -eu

train_digits=$PWD/$1
train_vae=$PWD/$2
inspect_checkpoint=$PWD/$3
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/images.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

fail() {
  echo "FAILED: $1"
  for log in *.log; do echo "--- $log" && tail -n 5 "$log"; done
  exit 1
}

# 90 images of 8 x 8 in three classes: the rows 2 k and 2 k + 1 are light, more or less.
{
  printf '\0\0\010\003\0\0\0\132\0\0\0\010\0\0\0\010'
  for image in {0..89}; do
    for row in {0..7}; do
      for column in {0..7}; do
        if ((row / 2 == image % 3)); then printf "\\$((200 + (image * column) % 8))"; else
          printf "\\$(((image + row + column) % 8))"; fi
      done
    done
  done
} >images
{
  printf '\0\0\010\001\0\0\0\132'
  for image in {0..89}; do printf "\\$((image % 3))"; done
} >labels
files=(--images=images --labels=labels --threads=1)

last() { grep -o "\"$2\":[^,}]*" "$1/metrics.jsonl" | tail -n 1 | cut -d : -f 2; }

for model in lenet vit; do
  "$train_digits" "${files[@]}" --model=$model --micro_batch=16 --steps=60 --shift=0 --lr=1e-2 \
    --out_dir=$model >$model.log 2>&1 || fail $model
  [[ $(last $model eval_accuracy) == 1 ]] || fail "$model: accuracy $(last $model eval_accuracy)"
  grep -q '^precision ' $model.log || fail "$model: no table"
done
"$train_vae" "${files[@]}" --hidden=16 --latent=2 --micro_batch=32 --steps=500 --lr=5e-3 --out_dir=vae \
  >vae.log 2>&1 || fail vae
awk "BEGIN {exit !($(last vae eval_loss) < 30)}" || fail "vae: loss $(last vae eval_loss)"
for picture in samples interpolations; do
  [[ $(head -c 4 vae/$picture.png | tail -c 3) == PNG ]] || fail "vae: no $picture.png"
done

# resumes PROGRAM FLAGS...: a run that is killed after a checkpoint and resumed is the whole one.
resumes() {
  local program=$1 name steps=3000 line code=0
  name=$(basename "$program")
  shift
  flags=("${files[@]}" "$@" --steps=$steps --micro_batch=8 --log_every=1 --eval_every=1000
    --checkpoint_every=100)
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
  "$program" --resume --out_dir=$name.killed --checkpointing=cheap >$name.resumed.log 2>&1 ||
    fail "$name resumed"
  grep -q "^resuming from " $name.resumed.log || fail "$name began anew"
  for run in whole killed; do
    "$inspect_checkpoint" --digest $name.$run/checkpoints/step-00$steps | tail -n 1 >$run.digest
    sed -E 's/,"(images_per_second|ms_per_micro_batch|rss_mb|seconds)":[^,}]*//g' \
      $name.$run/metrics.jsonl >$run.metrics
  done
  grep -Eq '^[0-9a-f]{64}$' whole.digest || fail "$name: no digest"
  cmp whole.digest killed.digest || fail "$name: other parameters"
  diff whole.metrics killed.metrics >$name.metrics.log || fail "$name: metrics.jsonl differs"
}
resumes "$train_digits"
resumes "$train_vae" --hidden=16 --latent=2

# error PROGRAM PATTERN FLAGS...
error() {
  local program=$1 pattern=$2 code=0
  shift 2
  "$program" "$@" --out_dir=bad >bad.log 2>bad.err || code=$?
  [[ $code == 1 ]] || fail "$*: exit code $code, expected 1"
  [[ $(wc -l <bad.err) == 1 ]] || fail "$*: more than one line: $(cat bad.err)"
  grep -Eq "^$(basename "$program"): $pattern" bad.err || fail "$*: $(cat bad.err)"
  [[ ! -e bad ]] || fail "$*: something was left"
}
head -c 500 images >short
for program in "$train_digits" "$train_vae"; do
  error "$program" '--images: found none, expected an IDX file'
  error "$program" '--labels: found none' --images=images
  error "$program" '--images: .*none: cannot open' --images=none --labels=labels
  error "$program" '--images: .*short: ' --images=short --labels=labels
  error "$program" '--images: .*labels: ' --images=labels --labels=images
done
error "$train_digits" "--model: found 'forest', expected lenet or vit" "${files[@]}" --model=forest
