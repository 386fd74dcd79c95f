#!/usr/bin/env bash
# The README opens with the two commands of a newcomer, in this order.
set -eu
commands=$(grep -m 2 '^    ' README.md)
expected='    ./bazelw run //tools:train_mlm
    ./bazelw test //...'
[[ $commands == "$expected" ]] || {
  printf 'README.md opens with\n%s\nexpected\n%s\n' "$commands" "$expected"
  exit 1
}
