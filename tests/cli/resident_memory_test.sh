#!/bin/bash
# Resident memory of a process that trains: what the system says, and what analyze expects.
set -eu

work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/resident_memory.XXXXXX")
trap 'rm -r "$work"' EXIT
"$PWD/$1" --packing=stream --seq_len=32 --micro_batch=4 --accumulation=1 --threads=1 --measure \
  --json >"$work/out"
number() {
  sed -n '/^    "resident": {/,/^    }/p' "$work/out" | grep -o "\"$1\": [0-9]*" | grep -o '[0-9]*$'
}
peak=$(number peak) expected=$(number expected)
if [[ $((10 * peak)) -lt $((9 * expected)) || $((10 * peak)) -gt $((11 * expected)) ]]; then
  echo "FAILED resident memory: found $peak bytes, expected about $expected"
  exit 1
fi
