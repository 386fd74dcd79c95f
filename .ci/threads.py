#!/usr/bin/env python3
"""Trains with as many threads as there are cores and with 64: that must not take 1.3 times as long.

usage: threads.py TRAIN_MLM TEXT [REPETITIONS]

The two alternate, since a machine's pace changes; compared are the medians of a micro-batch's
milliseconds. 64 are more than the program starts on few cores: what it says then is printed.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile


def main():
    program, text = sys.argv[1:3]
    repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    cores = len(os.sched_getaffinity(0))
    taken = {cores: [], 64: []}
    said = ''
    with tempfile.TemporaryDirectory() as folder:
        for repetition in range(repetitions):
            for threads, times in taken.items():
                run = pathlib.Path(folder, f'{threads}-{repetition}')
                ended = subprocess.run(
                    [
                        program,
                        f'--data={text}',
                        f'--out_dir={run}',
                        f'--threads={threads}',
                        '--steps=30',
                        '--log_every=10',
                        '--eval_every=0',
                        '--checkpoint_every=0',
                    ],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                if ended.returncode != 0:
                    sys.exit(f'found exit code {ended.returncode}, expected 0: {ended.stderr}')
                lines = map(json.loads, (run / 'metrics.jsonl').read_text().splitlines())
                times += [line['ms_per_micro_batch'] for line in lines if 'loss' in line][1:]
                for line in ended.stderr.splitlines():
                    if line.startswith('--threads: '):
                        said = f' ({line})'
    few, many = (statistics.median(times) for times in taken.values())
    print(
        f'note: {few:.1f} ms a micro-batch with {cores} threads, {many:.1f} with 64{said}: '
        f'{many / few:.2f} times as long'
    )
    if many > 1.3 * few:
        sys.exit('found many threads slower than that')


if __name__ == '__main__':
    main()
