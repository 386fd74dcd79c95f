#!/usr/bin/env python3
"""Trains a step on 100 MB and on 1 GB of text: memory must not grow with it, nor time by more.

usage: large.py TRAIN_MLM TEXT

TEXT is repeated in temporary files. Fails where vocabulary, cache and the step take more than 200
MB at their peak, 5 MB more for 1 GB than for 100 MB, or more than 1.1 times as long for a MB.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time


def run(command):
    """Seconds, and the largest resident memory in MB."""
    start = time.monotonic()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f'{command[0]}: found wait status {status}, expected 0')
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    program, text = sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in (100, 1000):
            path = pathlib.Path(folder, 'text')
            with path.open('wb') as file:
                while file.tell() < megabytes * 1e6:
                    file.write(text)
            size = path.stat().st_size / 1e6
            flags = '--steps=1 --layers=1 --hidden=16 --heads=1 --intermediate=16'.split()
            seconds, memory = run(
                [program, f'--data={path}', f'--out_dir={folder}/{megabytes}', *flags]
            )
            print(f'note: {size:.0f} MB: {seconds:.1f} s, {memory:.1f} MB at the peak')
            found.append((seconds / size, memory))
    (small_pace, small), (large_pace, large) = found
    if large > 200 or large > small + 5 or large_pace > 1.1 * small_pace:
        sys.exit('found memory or time that grows with the text')


if __name__ == '__main__':
    main()
