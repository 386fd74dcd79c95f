#!/bin/bash
# train_classifier, classify, train_embedding and nearest: they begin with the weights of a run of
# train_mlm, learn, and answer; a run that is killed and resumed has the bits of one that was not;
# what is wrong is said.
set -eu
source "$(dirname "$0")/training_checks.sh"

train_classifier=$PWD/$1
classify=$PWD/$2
train_embedding=$PWD/$3
nearest=$PWD/$4
train_mlm=$PWD/$5
inspect_checkpoint=$PWD/$6
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/sentences.XXXXXX")
trap 'rm -r "$work"' EXIT
cd "$work"
unset BUILD_WORKING_DIRECTORY

# Labels told by a word; paragraphs whose topic goes on for two lines.
words=(the old grey small quick slow wise young tall red)
topics=(ship storm garden rose horse rider kettle bread river bridge)
for i in {0..199}; do
  animal=cat
  ((i % 3 == 0)) && animal=dog
  echo "$animal	a ${words[i % 10]} one that $([[ $animal == cat ]] && echo purrs || echo barks) \
${words[i / 10 % 10]} ${words[i * 7 / 3 % 10]}"
done >lines
for i in {0..399}; do
  echo "${topics[i / 2 % 10]} ${words[i % 10]} ${topics[i / 2 % 10]} ${words[i * 7 % 10]}" \
    "${topics[i / 20 % 10]}"
done >paragraphs
size=(--layers=1 --hidden=16 --heads=2 --seq_len=12 --threads=1)
"$train_mlm" --data=paragraphs "${size[@]}" --intermediate=32 --steps=20 --vocab_size=200 \
  --checkpoint_every=10 --out_dir=mlm >mlm.log 2>&1 || fail mlm

# Labels and neighbours are learnt from nothing.
"$train_classifier" --data=lines "${size[@]}" --steps=150 --lr=1e-2 --out_dir=animals \
  >animals.log 2>&1 || fail animals
reaches animals eval_accuracy == 1
reaches animals eval_macro_f1 == 1
grep -q '^macro average ' animals.log || fail 'animals: no report'
"$classify" --run=animals 'a dragon that barks' >one 2>classify.log || fail classify
grep -Eq "^dog	[01]\.[0-9]*	a dragon that barks$" one || fail "classify: $(cat one)"
cut -f 2 lines | "$classify" --run=animals --top=2 >many 2>classify.log || fail classify
paste <(cut -f 1 lines) <(cut -f 1 many) | awk '$1 != $2 {exit 1}' || fail 'classify: other labels'
[[ $(head -n 1 many | tr '\t' '\n' | wc -l) == 5 ]] || fail "classify: $(head -n 1 many)"

"$train_embedding" --data=paragraphs --eval_data=paragraphs "${size[@]}" --min_words=3 \
  --micro_batch=16 --steps=200 --lr=5e-3 --out_dir=topics >topics.log 2>&1 || fail topics
grep -q '^{"step":0,"word_vectors_recall_at_10":' topics/metrics.jsonl || fail 'topics: no baseline'
reaches topics eval_accuracy '>' 0.4
reaches topics eval_recall_at_10 '>' 0.6  # of 200 candidates, so by chance 0.05
"$nearest" --run=topics --top=3 'the kettle, the bread' >near 2>nearest.log || fail nearest
[[ $(wc -l <near) == 3 ]] || fail "nearest: $(cat near)"
line=$(head -n 1 near | cut -f 2)
[[ $(sed -n "${line}p" paragraphs) == "$(head -n 1 near | cut -f 3)" ]] || fail 'nearest: line'
grep -Eq 'kettle|bread' near || fail "nearest: $(cat near)"
echo 'a rose' | "$nearest" --run=topics --data=lines >near 2>nearest.log || fail nearest
[[ $(wc -l <near) == 5 ]] || fail "nearest: $(cat near)"

# Pre-trained: with a rate of 0 the encoder is what it was, though the first checkpoint is lost.
tensors() {  # CHECKPOINT PREFIX: name, shape and numbers of the encoder's parameters
  "$inspect_checkpoint" "$1" | sed -nE "s/^parameter  $2((embeddings|encoder|norm)\.)/\1/p" |
    tr -s ' '
}
for kind in classifier embedding; do
  program=train_$kind flags=(--data=lines)
  [[ $kind == embedding ]] && flags=(--data=paragraphs --min_words=3)
  "${!program}" "${flags[@]}" --pretrained=mlm --micro_batch=4 --threads=1 --steps=1 --lr=0 \
    --out_dir=$kind >$kind.log 2>&1 || fail $kind
  tensors mlm/checkpoints/step-000020 '' >expected
  [[ $(wc -l <expected) == 16 ]] || fail "tensors: $(cat expected)"
  diff expected <(tensors $kind/checkpoints/step-000001 'encoder\.') >tensors.log || fail $kind
  cmp $kind/vocab.txt mlm/vocab.txt || fail "$kind: vocabulary"
  rm $kind/checkpoints/step-000001
  # Not from other weights than it began with, nor with other tokens.
  cp mlm/checkpoints/step-000010 mlm/checkpoints/step-000021
  error "${!program}" '--pretrained: .*mlm/checkpoints/step-000021: found contents with SHA-256' \
    --resume --out_dir=$kind
  rm mlm/checkpoints/step-000021
  cp $kind/vocab.txt right
  { head -n -2 right && tail -n 1 right && tail -n 2 right | head -n 1; } >$kind/vocab.txt
  error "${!program}" ".*$kind/vocab.txt: found tokens with SHA-256" --resume --out_dir=$kind
  cp right $kind/vocab.txt
  "${!program}" --resume --out_dir=$kind >$kind.log 2>&1 || fail "$kind: resumed"
  diff expected <(tensors $kind/checkpoints/step-000001 'encoder\.') >tensors.log ||
    fail "$kind: resumed from no checkpoint"
done

small=(--micro_batch=4 --layers=1 --hidden=8 --heads=2 --intermediate=8 --seq_len=8 --threads=1)
resumes "$train_classifier" cheap --data=lines "${small[@]}" --class_weights=balanced
resumes "$train_embedding" segments --data=paragraphs --min_words=3 "${small[@]}"

: >empty
echo 'no tab here' >untabbed
for program in "$train_classifier" "$train_embedding"; do
  refuses "$program" '--data: found none, expected'
  refuses "$program" '--data: .*none: cannot open' --data=none
  refuses "$program" '--data: .*empty: found an empty file' --data=empty
  refuses "$program" '--pretrained: ' --data=lines --pretrained=none
  refuses "$program" '--pretrained: .*found a run of train_classifier, expected one of train_mlm' \
    --data=lines --pretrained=animals
  refuses "$program" '--layers: found 2, expected 1, as in --pretrained' --data=lines \
    --pretrained=mlm --layers=2
  refuses "$program" '--vocab: found a file, expected none' --data=lines --pretrained=mlm \
    --vocab=vocab.txt
  refuses "$program" '--hidden: found 30, expected a multiple of heads' --data=lines \
    --hidden=30
done
refuses "$train_classifier" "--class_weights: found 'equal', expected none or balanced" \
  --data=lines --class_weights=equal
refuses "$train_classifier" '--data: .*untabbed:1: found no tab, expected label<TAB>text' \
  --data=untabbed
refuses "$train_embedding" '--min_words: found 100, expected at most the 62' --data=paragraphs \
  --min_words=100
error "$classify" '--run: found none, expected a run folder'
error "$classify" '--run: .*found a run of train_mlm, expected one of train_classifier' --run=mlm x
error "$classify" '--checkpoint: .*cannot open' --run=animals --checkpoint=none x
error "$nearest" '--run: .*found a run of train_classifier, expected one of train_embedding' \
  --run=animals x
error "$nearest" '--data: .*none: cannot open' --run=topics --data=none x
sort animals/vocab.txt >other && cp other animals/vocab.txt
error "$classify" '--run: .*animals/vocab.txt: found ' --run=animals x
