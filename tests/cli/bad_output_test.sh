#!/bin/bash
# Drawings and analyses that can't be, and standard output that can't be written. Each ends in one
# line that names flag or file, what was found and what was expected, with exit code 1, and leaves
# nothing behind. At the end, what is no error: --help, and drawings in several places.
set -u

train_mlm=$PWD/$1
fill_mask=$PWD/$2
inspect_checkpoint=$PWD/$3
draw_graph=$PWD/$4
analyze=$PWD/$5
source "$(dirname "$0")/bad_input_checks.sh" || exit 1

# Drawings.
draw() {  # NAME PATTERN FLAGS...
  local name=$1 pattern=$2
  shift 2
  error "draw_graph, $name" "$pattern" "$draw_graph" --layers=1 "$@"
}
for flag in svg dot; do
  draw "$flag below a file" "--$flag: .*/text.txt/graph.*: Not a directory, expected a file" \
    "--$flag=text.txt/graph"
  draw "$flag in no folder" "--$flag: .*/none/graph.*: No such file or directory, expected a file" \
    "--$flag=none/graph"
done
draw 'one of two' '--dot: .*/none/graph.*: No such file' --svg=graph.svg --dot=none/graph
draw 'svg is a folder' '--svg: .*/folder: .*, expected a file' --svg=folder
draw 'layer unknown' "--layer: found 'encoder.1', expected a layer of the graph: encoder.0$" \
  --layer=encoder.1
draw 'too many layers' '--svg: found a graph of [0-9]+ nodes, expected at most 450; --layer' \
  --layers=19 --svg=graph.svg
draw 'too many FLOPs to be counted' 'found a step of some [0-9.e+]+ FLOPs, expected at most' \
  --hidden=1048576 --intermediate=1048576 --seq_len=16384 --layers=1000
draw 'policy unknown' "--checkpointing: found 'half', expected none, cheap" --checkpointing=half
draw 'hidden not divisible' '--hidden: found 9, expected a multiple of --heads, 2' --hidden=9 \
  --heads=2
draw 'layers zero' "--layers: found '0', expected a whole number from 1 to 1000" --layers=0
draw 'preset unknown' "--preset: found 'other', expected mini" --preset=other
draw 'a flag of training' '--steps: found an unknown flag' --steps=3
draw 'no flag' "found the argument 'stray', expected only flags" stray
error 'one file for two drawings' '--dot: .*/a.svg: found it in use for --svg .*expected' \
  "$draw_graph" --layers=1 --svg=a.svg --dot=./a.svg

# Analyses.
analyze() {  # NAME PATTERN FLAGS...
  local name=$1 pattern=$2
  shift 2
  error "analyze, $name" "$pattern" "$analyze" --layers=1 --hidden=8 --heads=2 --threads=1 "$@"
}
analyze 'svg below a file' '--svg: .*/text.txt/step.*: Not a directory, expected a file' \
  --svg=text.txt/step
analyze 'svg in no folder' '--svg: .*/none/step.*: No such file or directory, expected a file' \
  --svg=none/step --measure --json
analyze 'svg is a folder' '--svg: .*/folder: .*, expected a file' --svg=folder
analyze 'hidden not divisible' '--hidden: found 9, expected a multiple of --heads, 2' --hidden=9
analyze 'too large to be measured' 'found a training of [0-9]+ bytes.*expected at most' --measure \
  --hidden=1000000
analyze 'too many FLOPs to be counted' 'found a step of some [0-9.e+]+ FLOPs, expected at most' \
  --hidden=1048576 --intermediate=1048576 --seq_len=65536 --micro_batch=16384 --layers=1000
analyze 'policy unknown' "--checkpointing: found 'all', expected none, .* or all_policies$" \
  --checkpointing=all
analyze 'threads zero' "--threads: found '0', expected a whole number from 1" --threads=0
analyze 'layers negative' "--layers: found '-1', expected a whole number from 1" --layers=-1
analyze 'packing unknown' "--packing: found 'other', expected stream or line" --packing=other
analyze 'neither true nor false' "--measure: found 'maybe', expected true" --measure=maybe
analyze 'a flag of training' '--steps: found an unknown flag' --steps=3
analyze 'no flag' "found the argument 'stray', expected only flags" stray
error 'one file for two pictures' '--roofline: .*: found it in use for --svg .*expected' \
  "$analyze" --measure --layers=1 --svg=a.svg --roofline=a.svg
more_threads 'memory of threads, analyze' "$analyze" --measure --hidden=1000000

# Standard output that can't be written.
full() {  # NAME COMMAND...
  local error
  stdout=/dev/full exits "$1 to a full disk" 1 "${@:2}"
  error="$(basename "$2"): standard output: cannot write, expected room for all of it"
  [[ $(tail -n 1 "$stderr") == "$error"* ]] || fail "$1 to a full disk" 'another message'
}
good_run
good=run/checkpoints/step-000001
full 'a training' "$train_mlm" --data=text.txt "${tiny[@]}" --out_dir=full
full 'its end' "$train_mlm" --resume --out_dir=full
full 'words' "$fill_mask" --run=run 'the [MASK] sat'
grep -q 'all of it: No space left on device$' "$stderr" || fail 'words to a full disk' 'no reason'
full 'a digest' "$inspect_checkpoint" --digest $good
full 'a checkpoint' "$inspect_checkpoint" $good
full 'an analysis' "$analyze" --layers=1 --hidden=8 --heads=2 --threads=1
full 'a drawing' "$draw_graph" --layers=1
full 'help' "$train_mlm" --help

# What is no error.
for program in "$train_mlm" "$fill_mask" "$inspect_checkpoint" "$draw_graph" "$analyze"; do
  ok "$(basename "$program") --help" "$program" --help
  [[ -s $stdout && ! -s $stderr ]] || fail "$(basename "$program") --help" 'not on standard output'
  cp "$stdout" help
  ok "$(basename "$program") --help=true" "$program" --help=true
  cmp -s "$stdout" help || fail "$(basename "$program") --help=true" 'another text'
done
echo theirs >graph.svg.partial
ok 'a drawing in two files' "$draw_graph" --layers=1 --svg=graph.svg --dot=graph.dot
[[ -s $stdout ]] && fail 'a drawing in two files' 'something on standard output'
[[ $(<graph.svg.partial) == theirs ]] || fail 'a drawing in two files' 'took a file of theirs'
head -n 1 graph.svg | grep -q '^<?xml' || fail 'a drawing in two files' 'graph.svg is no SVG'
ok 'a drawing on standard output' "$draw_graph" --layers=1
cmp -s "$stdout" graph.dot || fail 'a drawing on standard output' 'not that of --dot'
ok 'a drawing on standard output beside one' "$draw_graph" --layers=1 --svg=graph.svg --dot=-
cmp -s "$stdout" graph.dot || fail 'a drawing on standard output beside one' 'not that of --dot'
[[ -e $work/- ]] && fail 'a drawing on standard output beside one' 'a file named -'
ok 'a drawing of a policy' "$draw_graph" --layers=1 --checkpointing=cheap --layer=encoder.0
grep -q '  dropped ' "$stdout" || fail 'a drawing of a policy' 'nothing is dropped'

finish
