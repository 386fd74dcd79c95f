#!/usr/bin/env python3
"""Asks trainings of the flagship to stop at random instants: each must have ended in 2 seconds.

usage: stop.py TRAIN_MLM TEXT [STOPS [SEED]]

A training is stopped and resumed until it is at its last step, then another one begins; so stops
come while the text is hashed, in vocabulary, ids, steps, evaluations and checkpoints. Every fifth
time a second signal follows the first, which ends the process at once. Its last line tells the
longest wait and the phases, by the last line that the program had printed before.
"""

import collections
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FLAGS = (
    '--steps=60 --warmup_steps=10 --log_every=5 --eval_every=10 --checkpoint_every=5 --keep=2'
).split()


def phase(said):
    """Where a program was that has printed this."""
    lines = [line for line in said.splitlines() if not line.startswith(('stopping', 'train_mlm: '))]
    last = lines[-1] if lines else ''
    if '/tokens/' in last:
        return 'in the ids' if '/train:' in last else 'before the first step'
    if last.startswith('vocabulary'):
        return 'in the ids'
    if last.startswith(('step', 'resuming')):
        return 'in steps, evaluations and checkpoints'
    return 'before the first step' if 'parameters' in last else 'in hashes and the vocabulary'


def main():
    program, text = sys.argv[1:3]
    stops = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    draw = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    longest, phases, number, done = 0, collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        while done < stops:
            run = pathlib.Path(folder, f'{number}')
            begins = not (run / 'run.textproto').exists()
            flags = [f'--data={text}', *FLAGS] if begins else ['--resume']
            process = subprocess.Popen(
                [program, f'--out_dir={run}', *flags],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                process.wait(draw.uniform(0, 6))
            except subprocess.TimeoutExpired:
                pass
            first, start = draw.choice(SIGNALS), time.monotonic()
            twice = done % 5 == 4
            process.send_signal(first)
            if twice:
                time.sleep(draw.uniform(0, 0.03))
                process.send_signal(first)
            said = process.stderr.read()
            code, took = process.wait(), time.monotonic() - start
            if code == 0:
                number += 1  # it was at its end
                continue
            # Before the program listens, and at the second signal, the system ends it.
            ended = -first if code < 0 else 128 + first
            early = not run.exists()
            if code != ended or (code < 0 and not twice and not early):
                sys.exit(f'found exit code {code} after {first!r}, expected {128 + first}: {said}')
            if code > 0 and not re.search(r'^train_mlm: stopped by ', said, re.MULTILINE):
                sys.exit(f'found no word of the stop: {said}')
            done += 1
            longest = max(longest, took)
            phases[phase(said)] += 1
    print(
        f'note: {done} stops, the longest took {longest:.2f} s: '
        + ', '.join(f'{count} {name}' for name, count in sorted(phases.items()))
    )
    if longest > 2:
        sys.exit('found a stop that took longer than 2 s')


if __name__ == '__main__':
    main()
