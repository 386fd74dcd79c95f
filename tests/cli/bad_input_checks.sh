# What the tests of bad input share: each runs programs on the small files of a folder of its own.
# They source it with the programs' paths in variables ($train_mlm for `train` and `good_run`), then
# stand in that folder; their last line is `finish`.
set -u

work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/bad_input.XXXXXX")
work=$(cd "$work" && pwd -P)
export BUILD_WORKING_DIRECTORY=$work  # relative paths are relative to it
stdout=$work.stdout
stderr=$work.stderr
failures=0
cases=0
# Seconds after which a program is ended, so that one that waits for ever is a case with a name and
# not a test that Bazel ends after 300. It is far more than a machine full of others' work needs.
patience=200

fail() {  # NAME WHY
  failures=$((failures + 1))
  echo "FAILED $1: $2"
  sed 's/^/    /' "$stderr"
}

# Folders by name only: what was made in one and removed again changes its time.
tree() { find "$work" \( -type d -printf '%p\n' \) -o -printf '%p %s %T@\n' | sort; }

run() {  # COMMAND...
  (cd "$work" && timeout --kill-after=20 $patience "$@") >"$stdout" 2>"$stderr" </dev/null
}

# exits NAME CODE COMMAND...: a case that ends with this exit code.
exits() {
  local name=$1 expected=$2 begin=$SECONDS code
  shift 2
  run "$@"
  code=$?
  cases=$((cases + 1))
  [[ $code == "$expected" ]] ||
    fail "$name" "exit code $code after $((SECONDS - begin)) s, expected $expected"
}
ok() { exits "$1" 0 "${@:2}"; }  # NAME COMMAND...

# error NAME PATTERN COMMAND...: the last line of stderr matches the extended regular
# expression, the lines above it are progress of a program that still read the text.
error() {
  local name=$1 pattern=$2 program before
  shift 2
  program=$(basename "$1")
  before=$(tree)
  exits "$name" 1 "$@"
  echo "$name: $(tail -n 1 "$stderr" | sed "s#$work/##g")"
  [[ -s $stdout ]] && fail "$name" "something on standard output"
  tail -n 1 "$stderr" | grep -Eq "^$program: .*$pattern" || fail "$name" "expected '$pattern'"
  head -n -1 "$stderr" | grep -Evq '^vocabulary: |/tokens/(train|eval): ' &&
    fail "$name" "more than one line"
  [[ $(tree) == "$before" ]] || fail "$name" "files were made: $(tree | diff <(echo "$before") -)"
}

# more_threads NAME COMMAND...: the memory that the error speaks of is more for 64 threads than for
# one.
more_threads() {
  local name=$1 count bytes=()
  shift
  for count in 1 64; do
    run "$@" "--threads=$count"
    bytes+=("$(grep -Eo 'found a training of [0-9]+ ' "$stderr" | grep -Eo '[0-9]+')")
  done
  [[ ${bytes[0]:-0} != 0 && ${bytes[1]:-0} -gt ${bytes[0]} ]] ||
    fail "$name" "found ${bytes[0]:-no} bytes and, of 64 threads, ${bytes[1]:-no}"
}

tiny=(--steps=1 --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 --vocab_size=64
  --eval_every=0 --threads=1)
# train NAME PATTERN FLAGS...: a run that is good but for the flags, which come last.
train() {
  local name=$1 pattern=$2
  shift 2
  error "$name" "$pattern" "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=new/run "$@"
}

good_run() { ok 'a good run' "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=run; }
# As that run would be if it had been killed before its first checkpoint.
unfinished_run() {
  cp -r run unfinished
  rm unfinished/checkpoints/*
  sed -i '/^finished: /d; s/^# CRC-32C: .*/# CRC-32C: none/' unfinished/run.textproto
}

finish() {
  cd / || exit 1
  chmod -R u+rwX "$work"
  rm -r "$work" "$stdout" "$stderr"
  echo "$cases cases, $failures failures"
  exit $((failures != 0))
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
mkdir folder
special=('[PAD]' '[UNK]' '[CLS]' '[SEP]')
