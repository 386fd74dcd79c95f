#!/bin/bash
# What analyze writes where: one JSON object and nothing else on standard output, or
# tables; a whole picture or none.
set -u

analyze=$PWD/$1
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/analyze.XXXXXX")
cd "$work" || exit 1
export BUILD_WORKING_DIRECTORY=$work
failures=0
fail() {
  failures=$((failures + 1))
  echo "FAILED $1"
}

tiny=(--layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 --vocab_size=64 --threads=1)
"$analyze" "${tiny[@]}" --json --measure --svg=step.svg >out 2>err || fail "exit code $?"
[[ -s err ]] && fail "something on standard error: $(cat err)"
[[ $(head -c 1 out) == '{' && $(tail -n 1 out) == '}' ]] || fail "not one object: $(head -n 1 out)"
for key in parameters flops predicted measured; do
  [[ $(grep -c "^  \"$key\": " out) == 1 ]] || fail "key $key"
done
bytes_of() { sed -n "/^  \"$1\": {/,/^  }/p" out | grep -o "^    \"$2\": [0-9]*"; }
for key in parameter gradient optimizer activation workspace total; do
  predicted=$(bytes_of predicted $key)
  [[ -n $predicted && $predicted == "$(bytes_of measured $key)" ]] ||
    fail "bytes of $key: $(bytes_of predicted $key), $(bytes_of measured $key)"
done
[[ $(head -c 4 step.svg) == '<svg' && $(tail -n 1 step.svg) == '</svg>' ]] || fail 'the picture'
[[ $(ls) == $'err\nout\nstep.svg' ]] || fail "files: $(ls)"

rm step.svg
"$analyze" "${tiny[@]}" --measure --roofline=roof.svg >out 2>err || fail "exit code $?"
[[ $(head -c 4 roof.svg) == '<svg' && $(tail -n 1 roof.svg) == '</svg>' ]] || fail 'the roofline'
grep -q 'FLOP/byte' roof.svg || fail 'the roofline has no axis'
for more in '' '--measure --checkpointing=all_policies'; do
  # shellcheck disable=SC2086
  "$analyze" "${tiny[@]}" $more --roofline=no.svg >out 2>err && fail "a roofline of '$more'"
  grep -q -- '--roofline: found no measured step, expected --measure' err || fail "$(cat err)"
done
[[ $(ls) == $'err\nout\nroof.svg' ]] || fail "files: $(ls)"

"$analyze" "${tiny[@]}" >out 2>err || fail "exit code $?"
[[ -s err ]] && fail "something on standard error: $(cat err)"
grep -q '^together  *1,736 ' out || fail "parameters: $(grep together out)"
grep -q 'measured bytes' out && fail 'measured without being asked to'

"$analyze" "${tiny[@]}" --checkpointing=all_policies --json >out 2>err || fail "exit code $?"
for key in settings parameters policies; do
  [[ $(grep -c "^  \"$key\": " out) == 1 ]] || fail "key $key of all policies"
done
"$analyze" --help | grep -q '^ *--checkpointing.*all_policies' ||
  fail '--help knows not all_policies'

cd / && rm -r "$work"
[[ $failures == 0 ]]
