#!/usr/bin/env bash
# ./bazelw on machines that lack something, played by stand-ins for dpkg-query, apt-get, id, sudo
# and bazel in a PATH that holds nothing else of the kind. Stand-ins write what they were asked to
# $LOG.
set -euo pipefail

bazelw=$(readlink -f "${TEST_SRCDIR:-.}/${TEST_WORKSPACE:-.}/bazelw")
all=(bazel-bootstrap bazel-rules-java bazel-skylib g++ pkg-config libhwy-dev libabsl-dev
  libgtest-dev libgmock-dev libbenchmark-dev protobuf-compiler libprotobuf-dev libutf8proc-dev
  nlohmann-json3-dev nettle-dev libisal-dev zlib1g-dev libpng-dev libjpeg62-turbo-dev
  libgraphviz-dev)

fail() {
  echo "FAILED: $case_name: $1" >&2
  echo "--- stdout" >&2 && cat "$work/out" >&2
  echo "--- stderr" >&2 && cat "$work/err" >&2
  echo "--- commands" >&2 && cat "$LOG" >&2
  exit 1
}

stand_in() {  # NAME BODY
  printf '#!%s\n%s\n' "$BASH" "$2" > "$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# A fresh machine on which the given packages are installed, of user id $1.
machine() {  # NAME UID PACKAGES...
  case_name=$1
  work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/machine.XXXXXX")
  export LOG=$work/log
  mkdir "$work/bin" "$work/here"
  : > "$LOG"
  for tool in env cat; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
  ln -s "$BASH" "$work/bin/bash"
  local user=$2 body=""
  shift 2
  for package in "$@"; do body+="printf 'installed/%s ' '$package'"$'\n'; done
  stand_in dpkg-query "$body"$'exit 1'  # it exits with 1 when it knows one of them not
  stand_in id "echo $user"
  stand_in bazel 'printf "bazel in %s:" "$PWD" >> "$LOG"; printf " <%s>" "$@" >> "$LOG"; exit 7'
}

with_apt() { stand_in apt-get 'echo "apt-get $*" >> "$LOG"'"; ${1:-exit 0}"; }
with_sudo() { stand_in sudo 'echo "sudo" >> "$LOG"; exec "$@"'; }

run() {  # EXPECTED_EXIT ARGUMENTS...
  local expected=$1 code=0
  shift
  (cd "$work/here" && PATH=$work/bin "$bazelw" "$@" > "$work/out" 2> "$work/err") || code=$?
  [[ $code == "$expected" ]] || fail "exit code $code instead of $expected"
}

logged() { grep -qF -- "$1" "$LOG" || fail "no command '$1'"; }
said() { grep -qF -- "$1" "$work/err" || fail "does not say '$1'"; }
not_logged() { ! grep -qF -- "$1" "$LOG" || fail "unexpected command '$1'"; }

bash -n "$bazelw"

machine "all is there" 1000 "${all[@]}"
with_apt
run 7 test "//..." --test_arg="two words"
[[ ! -s $work/out && ! -s $work/err ]] || fail "prints something"
logged "bazel in $work/here: <test> <//...> <--test_arg=two words>"
not_logged "apt-get"

machine "root, two are missing" 0 "${all[@]:2}"
with_apt
run 7 build //tensor
[[ ! -s $work/out ]] || fail "prints to standard output"
said "bazel-bootstrap        Bazel, the build tool"
said "bazel-rules-java"
logged "apt-get update"
logged "apt-get install -y -qq --no-install-recommends bazel-bootstrap bazel-rules-java"
not_logged "g++"
logged "<build> <//tensor>"

machine "all is there but what sanitizers need" 0 "${all[@]}"
with_apt
run 7 test //tensor
not_logged "apt-get"
run 7 test --config=asan //tensor
logged "apt-get install -y -qq --no-install-recommends clang libclang-rt-dev lld llvm"
logged "<--config=asan>"
: > "$LOG"
run 7 test --config tsan //tensor
logged "apt-get install -y -qq --no-install-recommends clang libclang-rt-dev lld llvm"
: > "$LOG"
run 7 test --config=debug //tensor
not_logged "apt-get"

machine "nothing is there, a user with sudo" 1000
with_apt
with_sudo
run 7 help
logged "sudo"
logged "apt-get install -y -qq --no-install-recommends ${all[*]}"
logged "<help>"

machine "a user without sudo" 1000 "${all[@]:1}"
with_apt
run 1 help
[[ $(tail -n 1 "$work/err") == \
  "apt-get update && apt-get install -y --no-install-recommends bazel-bootstrap" ]] ||
  fail "the last line is not the one to run"
[[ ! -s $LOG ]] || fail "ran something"

machine "apt-get fails" 0 "${all[@]:1}"
with_apt "exit 100"
run 1 help
said "apt-get update failed"
not_logged "bazel in"

machine "not a Debian" 0
run 1 help
said "no apt-get here"
not_logged "bazel in"

echo "PASSED"
