#!/usr/bin/env python3
"""Trains for half an hour and looks at memory: after minute 5 it must not grow by more than 1 MB.

usage: steady.py TRAIN_MLM TEXT [MINUTES]

Resident memory is read from the system every quarter of a second. What is compared is the most of
the minute after minute 5 with the most of the last minute: in each there were evaluations and
checkpoints.
"""

import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time


def resident_mb(process):
    """Megabytes that the process has in memory now."""
    status = pathlib.Path(f'/proc/{process.pid}/status').read_text()
    return int(re.search(r'VmRSS:\s+(\d+) kB', status)[1]) / 1000


def most_until(process, end):
    """The most that resident_mb gives until the clock shows `end`."""
    most = 0
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f'found exit code {process.returncode} before it was stopped')
        most = max(most, resident_mb(process))
        time.sleep(0.25)
    return most


def main():
    program, text = sys.argv[1:3]
    minutes = float(sys.argv[3]) if len(sys.argv) > 3 else 30
    minute = 60 * min(1, minutes / 30)
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder, 'run')
        process = subprocess.Popen(
            [
                program,
                f'--data={text}',
                f'--out_dir={run}',
                '--steps=1000000',
                '--log_every=20',
                # Each often within a minute.
                '--eval_every=100',
                '--checkpoint_every=50',
            ],
            stderr=subprocess.DEVNULL,
        )
        start = time.monotonic()
        most_until(process, start + 5 * minute)
        early = most_until(process, start + 6 * minute)
        most_until(process, start + 29 * minute)
        last = most_until(process, start + 30 * minute)
        process.send_signal(signal.SIGTERM)
        if process.wait() != 128 + signal.SIGTERM:
            sys.exit(f'found exit code {process.returncode}, expected 143')
        steps = (run / 'metrics.jsonl').read_text().splitlines()[-1]
    print(f'note: {early:.2f} MB in minute 6, {last:.2f} in the last; {steps}')
    if last > early + 1:
        sys.exit('found memory that grows')


if __name__ == '__main__':
    main()
