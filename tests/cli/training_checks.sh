# What tests of training programs share; they source it in a folder of their own, with
# $inspect_checkpoint set to the program.

fail() {
  echo "FAILED: $1"
  for log in *.log; do echo "--- $log" && tail -n 5 "$log"; done
  exit 1
}

# The last number of this name in a run's metrics.
last() { grep -o "\"$2\":[^,}]*" "$1/metrics.jsonl" | tail -n 1 | cut -d : -f 2; }
# reaches RUN METRIC OP NUMBER
reaches() {
  awk "BEGIN {exit !($(last "$1" "$2") $3 $4)}" || fail "$1: $2 $(last "$1" "$2"), expected $3 $4"
}

# resumes PROGRAM POLICY FLAGS...: a run that is killed after a checkpoint and resumed under that
# policy of checkpointing, in a new process, ends with the bits and the metrics of one that was not.
# It has 2000 steps. The log lines that are left don't fit into a pipe that nobody reads any more.
resumes() {
  local program=$1 policy=$2 name line code=0
  name=resumed_$(basename "$program")
  shift 2
  local flags=("$@" --steps=2000 --log_every=1 --eval_every=500 --checkpoint_every=100)
  "$program" "${flags[@]}" --out_dir="$name.whole" >"$name.whole.log" 2>&1 || fail "$name: whole"
  mkfifo "$name.lines"
  "$program" "${flags[@]}" --out_dir="$name.killed" >"$name.killed.log" 2>"$name.lines" &
  local training=$!
  exec 3<"$name.lines"
  until compgen -G "$name.killed/checkpoints/step-??????" >/dev/null; do
    IFS= read -r -u 3 line || fail "$name: it ended before its first checkpoint"
  done
  kill -9 $training
  wait $training || code=$?
  [[ $code == 137 ]] || fail "$name: exit code $code, expected 137 of a process that was killed"
  [[ ! -e $name.killed/checkpoints/step-002000 ]] || fail "$name: at its end before it was killed"
  exec 3<&-
  "$program" --resume --out_dir="$name.killed" --checkpointing="$policy" \
    >"$name.resumed.log" 2>&1 || fail "$name: resumed"
  grep -q "^resuming from $name.killed/checkpoints/step-0" "$name.resumed.log" ||
    fail "$name: it began anew"
  local run
  for run in whole killed; do
    "$inspect_checkpoint" --digest "$name.$run/checkpoints/step-002000" | tail -n 1 >$run.digest
    sed -E 's/,"([a-z]*_per_second|ms_per_micro_batch|rss_mb|seconds)":[^,}]*//g' \
      "$name.$run/metrics.jsonl" >$run.metrics
  done
  grep -Eq '^[0-9a-f]{64}$' whole.digest || fail "$name: no digest"
  cmp whole.digest killed.digest || fail "$name: other bits"
  diff whole.metrics killed.metrics >"$name.metrics.log" || fail "$name: metrics.jsonl differs"
}

# error PROGRAM PATTERN FLAGS...: one line on standard error, exit code 1, no folder "bad".
error() {
  local program=$1 pattern=$2 code=0
  shift 2
  "$program" "$@" >bad.log 2>bad.err || code=$?
  [[ $code == 1 ]] || fail "$*: exit code $code, expected 1"
  [[ $(wc -l <bad.err) == 1 ]] || fail "$*: more than one line: $(cat bad.err)"
  grep -Eq "^$(basename "$program"): $pattern" bad.err || fail "$*: $(cat bad.err), not $pattern"
  [[ ! -e bad ]] || fail "$*: something was left"
}

# The same of a training.
refuses() { error "$@" --out_dir=bad; }
