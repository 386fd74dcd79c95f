#!/bin/bash
# docs/training.md's table has every flag of train_mlm, and no other.
set -eu

described=$(sed -n '/^## Flags/,/^Without/p' "$2" | grep '^| --' | cut -d '|' -f 2 |
  grep -o -- "--[a-z][a-z_0-9]*" | sort)
accepted=$("$1" --help | grep -o '^  --[a-z_0-9]*' | tr -d ' ' | sort)
[[ $(wc -l <<<"$accepted") -gt 30 ]]
diff <(echo "$accepted") <(echo "$described")
