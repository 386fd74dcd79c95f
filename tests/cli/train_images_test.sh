#!/bin/bash
# train_digits and train_vae: they learn made-up images, write what they promise, end with the bits
# of a run that was not interrupted when one is killed and resumed, and say what is wrong.
set -eu
source "$(dirname "$0")/training_checks.sh"

train_digits=$PWD/$1
train_vae=$PWD/$2
inspect_checkpoint=$PWD/$3
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/images.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

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

for model in lenet vit; do
  "$train_digits" "${files[@]}" --model=$model --micro_batch=16 --steps=60 --shift=0 --lr=1e-2 \
    --out_dir=$model >$model.log 2>&1 || fail $model
  reaches $model eval_accuracy == 1
  grep -q '^precision ' $model.log || fail "$model: no table"
done
"$train_vae" "${files[@]}" --hidden=16 --latent=2 --micro_batch=32 --steps=500 --lr=5e-3 \
  --out_dir=vae >vae.log 2>&1 || fail vae
reaches vae eval_loss '<' 30
for picture in samples interpolations; do
  [[ $(head -c 4 vae/$picture.png | tail -c 3) == PNG ]] || fail "vae: no $picture.png"
done

# What follows the last step is done when the run is resumed, if it could not be done then; and once
# only.
mkdir -p blocked/samples.png.partial
code=0
"$train_vae" "${files[@]}" --hidden=16 --latent=2 --micro_batch=32 --steps=20 --out_dir=blocked \
  >blocked.log 2>blocked.err || code=$?
[[ $code == 1 ]] || fail "blocked: exit code $code, expected 1"
grep -q 'samples.png' blocked.err || fail "blocked: $(cat blocked.err)"
cp blocked/metrics.jsonl metrics
rmdir blocked/samples.png.partial
"$train_vae" --resume --out_dir=blocked >blocked.log 2>&1 || fail 'blocked: resumed'
for picture in samples interpolations; do
  [[ -s blocked/$picture.png ]] || fail "blocked: no $picture.png"
done
grep -q '^evaluation loss' blocked.log || fail 'blocked: no evaluation'
cmp metrics blocked/metrics.jsonl || fail 'blocked: other lines'
rm blocked/samples.png
"$train_vae" --resume --out_dir=blocked >blocked.log 2>&1 || fail 'blocked: at its end'
grep -q 'the run is at its last step, 20' blocked.log || fail 'blocked: not at its end'
[[ ! -e blocked/samples.png ]] || fail 'blocked: samples.png made twice'

# A picture of somebody else's is not written over.
mkdir taken
echo mine >taken/samples.png
error "$train_vae" '--out_dir: taken/samples.png: found it, expected an empty or new folder' \
  "${files[@]}" --out_dir=taken
[[ $(cat taken/samples.png) == mine ]] || fail 'taken: samples.png is another one'

# Neither a run nor a trace gets into a folder of images: it would be another folder then.
mkdir -p shapes/a shapes/b
for place in a/1 a/2 a/3 b/1 b/2 b/3; do cp vae/samples.png shapes/$place.png; done
error "$train_digits" '--out_dir: .*shapes/run: found it in use for the data .*shapes' \
  --images=shapes --test_images=shapes --out_dir=shapes/run
error "$train_digits" '--trace: .*shapes/a/trace.json: found it in use for --images' \
  --images=shapes --test_images=shapes --out_dir=outside --trace=shapes/a/trace.json
error "$train_digits" \
  '--images: found 6 images, none of them for (training|evaluation), expected more different' \
  --images=shapes --out_dir=outside
[[ ! -e shapes/run && ! -e shapes/a/trace.json && ! -e outside ]] || fail 'something was made'

resumes "$train_digits" cheap "${files[@]}" --micro_batch=8 --mixup=0.2
resumes "$train_vae" cheap "${files[@]}" --micro_batch=8 --hidden=16 --latent=2

head -c 500 images >short
for program in "$train_digits" "$train_vae"; do
  refuses "$program" '--images: found none, expected an IDX file'
  refuses "$program" '--labels: found none' --images=images
  refuses "$program" '--images: .*none: cannot open' --images=none --labels=labels
  refuses "$program" '--images: .*short: ' --images=short --labels=labels
  refuses "$program" '--labels: .*short: ' --images=images --labels=short
  refuses "$program" '--images: .*labels: ' --images=labels --labels=images
done
refuses "$train_digits" "--mixup: found '-0.1', expected" "${files[@]}" --mixup=-0.1
refuses "$train_digits" "--mixup: found 'nan', expected" "${files[@]}" --mixup=nan
refuses "$train_digits" "--model: found 'forest', expected lenet or vit" "${files[@]}" \
  --model=forest
