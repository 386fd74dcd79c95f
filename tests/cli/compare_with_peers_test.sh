#!/bin/bash
# compare_with_peers with no peer, with peers that only pretend to measure, and with bad input.
set -u

compare=$PWD/$1 document=$PWD/$2
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/compare_with_peers.XXXXXX")
cd "$work" || exit 1
export BUILD_WORKING_DIRECTORY=$work TMPDIR=$work/temporary
mkdir temporary
failures=0
fail() {
  failures=$((failures + 1))
  echo "FAILED $1"
  sed 's/^/    /' out err
}
has() { grep -Eq "$2" "$1" || fail "$1 has no '$2'"; }
hasnt() { grep -Eq "$2" "$1" && fail "$1 has '$2'"; }

# Pythons: one without packages, one whose scripts answer without measuring, one that fails.
python() {  # name, versions, what other scripts do
  printf '#!/bin/sh\ncase $2 in\n*versions.py) echo %s ;;\n*) %s ;;\nesac\n' "'$2'" "$3" >"$1"
  chmod +x "$1"
}
python bare '{"python": "3.9", "torch": null, "numpy": null, "tokenizers": null}' 'exit 9'
all='{"python": "3.9", "torch": "7.1", "numpy": "8.2", "tokenizers": "9.3"}'
# With a mask it is faster: 1000 s and not 2000.
python full "$all" 'printf "{\"micro_batch\": %s.5, " $((2000 / $#))
  echo "\"step\": 4000, \"seconds\": 1e6, \"bytes\": 1, \"ids\": 7, \"tokens\": 8}"'
# Of the zoo: 9 s a log line, and 10 s with another AdamW.
python zoo "$all" 'echo "{\"seconds\": [$((6 + $#)), $((12 + 2 * $#))], \"eval_loss\": 1.5,"
  echo "\"eval_accuracy\": 0.5, \"parameters\": 3}"'
python broken '{"python": "3.9", "torch": null, "broken": {"torch": "OSError: no libc"}}' 'exit 9'
python failing "$all" 'echo "ValueError: not today" >&2; exit 3'
python silent "$all" 'true'
python waiting "$all" "sleep 600 & echo \$\$ \$! >waiting.ids; wait"
printf '#!/bin/sh\necho hello\n' >no_python
chmod +x no_python
for i in {1..60}; do echo "the old man $i sat by the fire and read"; done >text.txt

tiny=(--quick --layers=1 --hidden=8 --heads=2 --intermediate=16 --seq_len=8 --vocab_size=64
  --micro_batch=2 --accumulation=2 --threads=2)
ok() {
  "$compare" "${tiny[@]}" "$@" >out 2>err || fail "exit code $? of $*"
  [[ -z $(ls temporary) ]] || fail "left behind: $(ls temporary)"
}

# Nothing to compare with: says what is missing and how to get it, and measures Hairpin.
ok --python=./bare --data=text.txt --rows=step,micro_batch,second_core,memory
has out '^memory of train_mlm on 0.0 MB, layers checkpointed  *Hairpin'
for package in PyTorch NumPy tokenizers; do
  has out "^without $package: not installed in .*/bare$"
done
has err '^  python3 -m venv peers$'
has err '^  peers/bin/pip install torch  # .* CPUs'
has err '^  peers/bin/pip install numpy tokenizers$'
hasnt out 'pip install'
has err '^step of 4, clipping, AdamW, 2 threads: Hairpin [0-9.]+ ms$'
has out '^micro-batch 2 x 8, masked head, 2 threads  *Hairpin  *[0-9.]+ ms  *[0-9.]+ MiB$'
has out '^step of 4, clipping, AdamW, 2 threads  *Hairpin  *[0-9.]+ ms'
has out '^speed-up of 2 threads over that of the peak  *Hairpin  *[0-9.]+$'
has out '^memory of train_mlm on 0.0 MB  *Hairpin  *[0-9.]+ MiB$'
hasnt out 'PyTorch,|NumPy [0-9]'
has out '^multiply-adds: [0-9.]+ GFLOP/s on 1 thread, [0-9.]+ on 2; memory: [0-9.]+ GB/s read'

# Peers in their columns, with ratios; the faster way of PyTorch; each row that was asked for.
ok --python=./full --repetitions=2 --data=text.txt --rows=all_logits,tokenizing,vocabulary,start \
  --markdown=table.md --svg=picture.svg
has out 'PyTorch 7.1, NumPy 8.2, tokenizers 9.3$'
hasnt out 'pip install|clipping'
has out '^ *PyTorch, eager, with a mask  *500.50 s  *500.50 s to 500.50 s  *[0-9]+\.[0-9]+ '
has out '^ *NumPy  *[0-9.]+ s '
has out '^text to ids, 1 thread  *Hairpin  *[0-9.]+ MB/s'
has out 'tokenizing: [0-9]+ ids of Hairpin, 7 of tokenizers'
has out 'vocabulary: [0-9]+ tokens of Hairpin, 8 of tokenizers'
has out '^vocabulary of 64 from 0.0 MB, 2 threads  *Hairpin  *[0-9.]+ ms '
has out '^start with 0.0 MB cached, to the end of step 1  *Hairpin  *[0-9.]+ ms '
has table.md '^\| micro-batch 2 x 8, all logits, 2 threads \| Hairpin \| [0-9.]+ ms \|'
[[ $(head -c 4 picture.svg) == '<svg' && $(tail -n 1 picture.svg) == '</svg>' ]] || fail 'picture'
cp table.md before.md

# The zoo by its own programs, and their settings for the peers.
ok --python=./zoo --rows=zoo_logistic,figures_linear --markdown=zoo.md
has out '^logistic regression: a step of 32, 2 threads  *Hairpin  *[0-9.]+ ms .*MiB$'
has out '^ *PyTorch, eager  *11[23] ms  *[0-9.]+  *[0-9.]+ MiB  at least 1.00: (met|missed)$'
has out '^linear regression: mean squared error after 1600 steps  *Hairpin  *[0-9.]+$'
has out '^ *PyTorch, eager  *1.500$'
has out '^logistic regression: [0-9]+ parameters of Hairpin, 3 of PyTorch$'
has zoo.md '^\| logistic regression \| `train_tabular` \| [0-9.]+ ms \| 11[23] ms \|'
has zoo.md '^\| linear regression \| `train_tabular --model=linear` \| .*error [0-9.]+ \| 1.500 \|$'

# In $PATH where it has no slash, as the default has none.
PATH=$work:$PATH ok --python=bare --rows=micro_batch
has out '^without PyTorch: not installed in bare$'

# A peer that fails, or can't be imported, is told and left out; the table is made.
ok --python=./failing --rows=micro_batch,step --markdown=left_out.md
has out \
  '^left out: micro_batch, PyTorch, eager: .*failing: found exit code 3.*ValueError: not today$'
has out '^micro-batch 2 x 8, masked head, 2 threads  *Hairpin  *[0-9.]+ ms'
has left_out.md '^- left out: micro_batch, PyTorch, eager, with a mask: '
has err '^ValueError: not today$'
ok --python=./silent --rows=micro_batch
has out "^left out: micro_batch, PyTorch, eager: found '', expected JSON$"
ok --python=./broken --rows=micro_batch
has out '^without PyTorch: .*/broken cannot import it: OSError: no libc$'

# Hairpin's own failure costs its row alone, and the exit code.
"$compare" "${tiny[@]}" --python=./bare --images=text.txt --labels=text.txt \
  --rows=micro_batch,zoo_lenet --markdown=kept.md >out 2>err
[[ $? == 1 ]] || fail 'exit code of a row that fails'
has out '^micro-batch 2 x 8, masked head, 2 threads  *Hairpin  *[0-9.]+ ms'
has out '^left out: zoo_lenet, Hairpin: .*found exit code 1'
has kept.md '^- left out: zoo_lenet, Hairpin: '

# Stopped by a signal: nothing stays, neither files nor programs, and rows that were done are
# printed. Killed at once, it can't tidy up, but what it started ends with it.
gone() {  # whether the first N processes of waiting.ids end
  local ids id alive i
  read -r -a ids <waiting.ids
  for i in {1..100}; do
    alive=0
    for id in "${ids[@]:0:$1}"; do grep -Eqs '^[0-9]+ \(.*\) [^ZX]' /proc/$id/stat && alive=1; done
    [[ $alive == 0 ]] && return 0
    sleep 0.1
  done
  return 1
}
for signal in TERM KILL; do
  rm -f waiting.ids
  "$compare" "${tiny[@]}" --python=./waiting --data=text.txt --rows=memory,tokenizing \
    --markdown=stopped.md --svg=stopped.svg >out 2>err &
  compared=$!
  for i in {1..600}; do [[ -s waiting.ids ]] && break; sleep 0.1; done
  kill -$signal $compared
  wait $compared 2>>kills
  code=$?
  if [[ $signal == TERM ]]; then
    [[ $code == 143 ]] || fail "exit code $code after SIGTERM"
    [[ -z $(ls temporary) ]] || fail "left behind: $(ls temporary)"
    ls stopped.* 2>>kills && fail 'left behind: files'
    gone 2 || fail 'programs of a comparison that was stopped go on'
    has out '^WARNING: stopped by a signal: rows are missing$'
    has out '^memory of train_mlm on 0.0 MB  *Hairpin  *[0-9.]+ MiB'
    has err '^compare_with_peers: .*stopped by SIGTERM'
  else
    gone 1 || fail 'the program of a comparison that was killed goes on'
    kill -- -"$(cut -d' ' -f1 waiting.ids)" 2>>kills  # the group's rest, which nobody waits for
    rm -r temporary/* stopped.*
  fi
done

# Each row stands in the documentation, itself or its group.
"$compare" --rows=speed 2>&1 |
  sed 's/.*expected of //; s/, or a group of those: / /; s/, / /g' >rows
grep -Eq ' start .* sizes growth memory zoo figures$' rows || fail 'the groups are not told'
for row in $(cat rows); do
  grep -Eq "^\\| .*\\b$row\\b|^\\| ${row%%_*} " "$document" ||
    fail "no row $row in the documentation"
done

error() {  # PATTERN FLAGS...
  local pattern=$1
  shift
  "$compare" "${tiny[@]}" "$@" >out 2>err
  [[ $? == 1 ]] || fail "exit code of $*"
  [[ -s out ]] && fail "something on standard output: $*"
  grep -Eq "^compare_with_peers: .*$pattern" err || fail "expected '$pattern' of $*"
  [[ -z $(ls temporary) && ! -e none ]] || fail "left behind: $(ls temporary)"
}
error "--rows: found 'speed', expected of one_thread," --rows=step,speed
error '--rows: found start, expected --data' --rows=start
error '--rows: found zoo_lenet, expected --images and --labels' --rows=zoo_lenet
error '--rows: found figures_gpt, expected --text' --rows=figures_gpt
error '--labels: found none, expected a file with --images' --images=text.txt
error '--text: .*none.txt: .*No such file.*expected a text file' --text=none.txt
error '--images: .*none.gz: .*No such file' --images=none.gz --labels=text.txt
error 'zoo_lenet, Hairpin: .*found exit code 1.*' --rows=zoo_lenet --images=text.txt \
  --labels=text.txt
error "--repetitions: found '0', expected a whole number" --repetitions=0
error '--python: /none/python: cannot start.*expected Python 3' --python=/none/python
error '--python: .*no_python: found a program that is no Python' --python=./no_python
error '--data: .*none.txt: .*No such file.*expected a text file' --data=none.txt
error '--markdown: .*none/table.md.*expected a file' --python=./bare --markdown=none/table.md
error '--svg: .*none/picture.svg.*expected a file' --python=./bare --svg=none/picture.svg
error 'hidden: found 9, expected a multiple of --heads' --hidden=9
error '--packing: found an unknown flag' --packing=line
error "found the argument 'step'" step
error 'zoo_lenet, Hairpin: ' --rows=zoo_lenet --images=text.txt --labels=text.txt \
  --markdown=table.md
cmp table.md before.md || fail 'the old table is not as it was'

cd / && rm -r "$work"
[[ $failures == 0 ]]
