#!/usr/bin/env python3
"""Hugging Face's `tokenizers` on a text: trains a WordPiece vocabulary, or encodes with one.

usage: tokenizers_text.py TASK

TASK as tools/peers/text_task.h describes it.
"""

import os
import statistics
import sys
import time

import steps

TASK = steps.read_task(sys.argv[1])
os.environ['RAYON_NUM_THREADS'] = str(TASK['threads'])  # read when threads are started
os.environ['TOKENIZERS_PARALLELISM'] = 'true' if TASK['threads'] > 1 else 'false'

from tokenizers import BertWordPieceTokenizer

WARM_UP_LINES = 10000
LINES = 1000  # encoded in one call


def train():
    tokenizer = BertWordPieceTokenizer(lowercase=True)
    begin = time.perf_counter()
    tokenizer.train(
        TASK['texts'],
        vocab_size=TASK['size'],
        min_frequency=2,
        limit_alphabet=1000,
        special_tokens=['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
        show_progress=False,
    )
    seconds = time.perf_counter() - begin
    steps.report(seconds=seconds, tokens=tokenizer.get_vocab_size())


def encode():
    tokenizer = BertWordPieceTokenizer(TASK['vocabulary'], lowercase=True)
    # The one without offsets is faster, where this version has it. Ids are counted where they are,
    # not copied into Python.
    encode_batch = getattr(tokenizer._tokenizer, 'encode_batch_fast', tokenizer.encode_batch)

    def count_ids(lines):
        ids = 0
        for begin in range(0, len(lines), LINES):
            encoded = encode_batch(lines[begin : begin + LINES], add_special_tokens=False)
            ids += sum(map(len, encoded))
        return ids

    lines = []
    for path in TASK['texts']:
        with open(path, encoding='utf-8', newline='\n') as file:
            lines += [line.rstrip('\n') for line in file if line.strip()]
    size = sum(len(line.encode()) for line in lines)
    count_ids(lines[:WARM_UP_LINES])
    passes, first = [], time.perf_counter()
    while not passes or time.perf_counter() - first < TASK['seconds']:
        begin = time.perf_counter()
        ids = count_ids(lines)
        passes.append(time.perf_counter() - begin)
    steps.report(seconds=statistics.median(passes), bytes=size, ids=ids)


if __name__ == '__main__':
    train() if TASK['task'] == 'vocabulary' else encode()
