#!/usr/bin/env python3
"""Judges a run folder by its metrics.jsonl.

usage: metrics.py RUN [--nats_below_unigram=X] [--falls] [--max_rss_mb=X]

--nats_below_unigram   the last eval_loss is at least X below the unigram_loss of the first line
--falls                the last loss is below the first one, and with eval_loss at most 0.1 above that of
                       a model which has learnt nothing but word frequencies
--max_rss_mb           no line has a larger rss_mb
"""

import argparse
import json
import pathlib
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('run', type=pathlib.Path)
    parser.add_argument('--nats_below_unigram', type=float)
    parser.add_argument('--falls', action='store_true')
    parser.add_argument('--max_rss_mb', type=float)
    wanted = parser.parse_args()

    lines = [json.loads(line) for line in (wanted.run / 'metrics.jsonl').read_text().splitlines()]
    unigram = lines[0]['unigram_loss']
    training = [line for line in lines if 'loss' in line]
    eval_loss = [line for line in lines if 'eval_loss' in line][-1]['eval_loss']
    loss, step, seconds = (training[-1][key] for key in ('loss', 'step', 'seconds'))
    rss = max(line['rss_mb'] for line in training)
    print(
        f'note: {step} steps in {seconds:.0f} s, loss {training[0]["loss"]:.4f} to {loss:.4f}, '
        f'evaluation {eval_loss:.4f}, word frequencies {unigram:.4f}, {rss:.1f} MB'
    )

    failures, gap = [], unigram - eval_loss
    if wanted.nats_below_unigram is not None and not gap >= wanted.nats_below_unigram:
        failures.append(
            f'evaluation is {gap:.4f} nats below word frequencies, '
            f'expected at least {wanted.nats_below_unigram}'
        )
    if wanted.falls and not (loss < training[0]['loss'] and max(loss, eval_loss) < unigram + 0.1):
        failures.append('the loss does not fall below that of word frequencies')
    if wanted.max_rss_mb is not None and not rss <= wanted.max_rss_mb:
        failures.append(f'found {rss:.1f} MB, expected at most {wanted.max_rss_mb}')
    print('\n'.join(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
