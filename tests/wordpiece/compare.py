#!/usr/bin/env python3
"""Compares Hairpin's WordPiece with Hugging Face's `tokenizers` on real text, line by line.

usage: compare.py ENCODE_LINES VALUES LINES TEXT...

ENCODE_LINES is the program //tests/wordpiece:encode_lines, VALUES the folder of golden values with
the vocabularies. The first LINES non-blank lines are taken, the same number from each text where it
has so many. Exits with 1 if any line differs under any vocabulary, or if there are fewer lines.
"""

import itertools
import subprocess
import sys

from tokenizers import BertWordPieceTokenizer

VOCABULARIES = {
    'bert-base-uncased.vocab.txt uncased': dict(lowercase=True),
    'bert-base-uncased.vocab.txt cased': dict(lowercase=False, strip_accents=False),
    'novels.8192.vocab.txt uncased': dict(lowercase=True),
}


def take_lines(paths, count):
    """`count` lines, taken from the texts in turn."""
    texts = []
    for path in paths:
        with open(path, encoding='utf-8', newline='\n') as file:
            texts.append([line.rstrip('\n') for line in file if line.strip()])
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*texts))
    return list(itertools.islice((line for line in in_turn if line is not None), count))


def hairpin_ids(program, vocabulary, case, lines):
    result = subprocess.run(
        [program, vocabulary, case],
        input='\n'.join(lines) + '\n',
        encoding='utf-8',
        stdout=subprocess.PIPE,
        check=True,
    )
    return [[int(word) for word in line.split()] for line in result.stdout.split('\n')[:-1]]


def main():
    program, values, count, texts = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
    lines = take_lines(texts, count)
    failed = len(lines) < count
    print(f'{len(lines)} lines of {len(texts)} texts, {count} wanted')
    for name, options in VOCABULARIES.items():
        vocabulary, case = name.split()
        path = f'{values}/tokenizer/{vocabulary}'
        tokenizer = BertWordPieceTokenizer(path, **options)
        expected = [e.ids for e in tokenizer.encode_batch(lines, add_special_tokens=False)]
        found = hairpin_ids(program, path, case, lines)
        wrong = [i for i in range(len(lines)) if i >= len(found) or found[i] != expected[i]]
        failed |= bool(wrong) or len(found) != len(lines)
        print(
            f'note: {name}: {len(wrong)} of {len(lines)} lines differ, '
            f'{sum(map(len, expected))} ids'
        )
        for i in wrong[:5]:
            print(f'  {lines[i][:200]!r}\n    expected {expected[i][:40]}')
            print(f'    found    {found[i][:40] if i < len(found) else None}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
