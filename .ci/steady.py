#!/usr/bin/env python3
"""Trains for half an hour and looks at memory: after minute 5 it must not grow by more than 1 MB.

usage: steady.py TRAIN_MLM TEXT [MINUTES]
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time


def main():
    program, text = sys.argv[1:3]
    minutes = float(sys.argv[3]) if len(sys.argv) > 3 else 30
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder, 'run')
        process = subprocess.Popen(
            [
                program,
                f'--data={text}',
                f'--out_dir={run}',
                '--steps=1000000',
                '--log_every=20',
                # Each often before minute 5.
                '--eval_every=200',
                '--checkpoint_every=50',
            ],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(minutes * 60)
        process.send_signal(signal.SIGTERM)
        if process.wait() != 128 + signal.SIGTERM:
            sys.exit(f'found exit code {process.returncode}, expected 143')
        lines = [json.loads(line) for line in (run / 'metrics.jsonl').read_text().splitlines()]
    memory = [(line['seconds'], line['rss_mb']) for line in lines if 'rss_mb' in line]
    begin = min(5, minutes / 6) * 60
    early = next(rss for seconds, rss in memory if seconds >= begin)
    last = memory[-1][1]
    steps = lines[-1]['step']
    end = memory[-1][0]
    print(f'note: {early:.2f} MB after {begin:.0f} s, {last:.2f} after {end:.0f}, {steps} steps')
    if last > early + 1:
        sys.exit('found memory that grows')


if __name__ == '__main__':
    main()
