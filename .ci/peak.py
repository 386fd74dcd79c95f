#!/usr/bin/env python3
"""Says what part of the machine's peak each row of a benchmark's JSON reached.

usage: peak.py BENCHMARK.json

The peak is what the same process measured at its start.
"""

import json
import statistics
import sys


def main():
    rows = {}
    with open(sys.argv[1]) as file:
        for row in json.load(file)['benchmarks']:
            if row['run_type'] == 'iteration':
                rows.setdefault(row['run_name'], []).append(row)
    if not rows:
        print(f'{sys.argv[1]}: found no row')
        return 1
    for name, runs in rows.items():
        parts = name.split('/')
        threads = next(part.split(':')[1] for part in parts if part.startswith('threads:'))
        name = ' '.join(part for part in parts if ':' not in part and part != 'real_time')
        percent = [run['%peak'] for run in runs]
        print(
            f'note: {name}, threads: {threads}: {statistics.median(percent):.1f} % of '
            f'{runs[0]["peak_GFLOP/s"]:.1f} GFLOP/s, the machine\'s peak '
            f'(median of {len(runs)}, {min(percent):.1f} to {max(percent):.1f} %)'
        )
    return 0


if __name__ == '__main__':
    sys.exit(main())
