"""tokenizer/: hard lines and lines of WikiText-2, by Hugging Face's tokenizers."""

import collections
import json
import pathlib
import shutil
import unicodedata

import numpy as np

from group import write_json

SOURCE = pathlib.Path(__file__).resolve().parent.parent / 'values' / 'tokenizer'

BLOCKS = [
    (0x20, 0x7E),
    (0x20, 0x7E),
    (0x61, 0x7A),
    (0x61, 0x7A),
    (0x00, 0x1F),
    (0x80, 0xFF),
    (0x100, 0x24F),
    (0x300, 0x36F),
    (0x370, 0x3FF),
    (0x400, 0x4FF),
    (0x531, 0x587),
    (0x591, 0x5F4),
    (0x600, 0x6FF),
    (0x900, 0x97F),
    (0xE00, 0xE5B),
    (0x10A0, 0x10FF),
    (0x1100, 0x11FF),
    (0x1E00, 0x1FFF),
    (0x2000, 0x206F),
    (0x20A0, 0x20BF),
    (0x20D0, 0x20F0),
    (0x2100, 0x218B),
    (0x2190, 0x23FF),
    (0x2600, 0x27BF),
    (0x3000, 0x30FF),
    (0x3400, 0x34FF),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0xE000, 0xE010),
    (0xF900, 0xFAD9),
    (0xFB00, 0xFB4F),
    (0xFE00, 0xFE0F),
    (0xFE30, 0xFFEF),
    (0x10400, 0x1044F),
    (0x1D400, 0x1D7FF),
    (0x1F300, 0x1F64F),
    (0x20000, 0x2A6D6),
    (0x2F800, 0x2FA1D),
]


def random_lines(rng, vocab, count):
    """Lines of vocabulary words and words of random blocks, with all kinds of separators."""
    spaces, lines = [' '] * 8 + [
        '',
        '  ',
        '\t',
        '\r',
        '\u00a0',
        '\u3000',
        '\u2009',
        '\u200b',
        '-',
        '.',
        '\u2019',
    ], []
    pick = lambda seq: seq[int(rng.integers(len(seq)))]
    for _ in range(count):
        blocks, line = [pick(BLOCKS) for _ in range(int(rng.integers(1, 5)))], ''
        for _ in range(int(rng.integers(0, 16))):
            kind = rng.random()
            if kind < 0.4:
                word = pick([str.lower, str.upper, str.title])(pick(vocab).removeprefix('##'))
            elif kind < 0.94:
                chars = [
                    chr(int(rng.integers(lo, hi + 1)))
                    for lo, hi in (pick(blocks) for _ in range(int(rng.integers(1, 9))))
                ]
                word = ''.join(
                    ch
                    for ch in chars
                    if ch != '\n' and unicodedata.category(ch) not in ('Cn', 'Cs')
                )
            elif kind < 0.97:
                word = pick(['a', 'é', 'e\u0301', '가', 'ß', 'İ']) * int(rng.integers(95, 106))
            else:
                word = pick(
                    ['[MASK]', '[SEP]', '[mask]', '[ CLS ]', '##ing', '[PAD][UNK]', '...', "don't"]
                )
            line += word + pick(spaces)
        lines.append(line)
    return lines


def ranges(points):
    """Sorted code points as a list of [first, last]."""
    out = []
    for c in points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def character_classes():
    """What the normalizer and pre-tokenizer do to every code point, found by asking them."""
    from tokenizers import normalizers, pre_tokenizers

    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    ask = {k: normalizers.BertNormalizer(**{**off, k: True}) for k in off}
    split, result = pre_tokenizers.BertPreTokenizer(), collections.defaultdict(list)
    for c in (c for c in range(0x110000) if not 0xD800 <= c < 0xE000):
        ch = chr(c)
        clean, marks = ask['clean_text'].normalize_str(f'a{ch}b'), ask[
            'strip_accents'
        ].normalize_str(ch)
        for name, hit in (
            ('removed', clean == 'ab'),
            ('to_space', clean == 'a b'),
            ('ideograph', ask['handle_chinese_chars'].normalize_str(ch) != ch),
            ('mark_stripped', marks == ''),
            ('punctuation', len(split.pre_tokenize_str(f'a{ch}b')) == 3),
            (
                'dropped_by_pre_tokenizer',
                [w for w, _ in split.pre_tokenize_str(f'a{ch}b')] == ['a', 'b'],
            ),
        ):
            if hit:
                result[name].append(c)
        if (lower := ask['lowercase'].normalize_str(ch)) != ch.lower():
            result['lowercase_unlike_python'].append(c)
        python_marks = ''.join(
            x for x in unicodedata.normalize('NFD', ch) if unicodedata.category(x) != 'Mn'
        )
        if marks != python_marks and unicodedata.category(ch) != 'Cn':
            result['stripped_unlike_python'].append(c)
    return {k: ranges(v) for k, v in result.items()}


def make_tokenizer(out, seed, corpora):
    from tokenizers import BertWordPieceTokenizer

    source, folder, rng = SOURCE, out / 'tokenizer', np.random.default_rng([seed, 7])
    folder.mkdir(exist_ok=True)
    bert, novels = 'bert-base-uncased.vocab.txt', 'novels.8192.vocab.txt'
    if folder != source:
        for name in (bert, novels) + (('torture.txt',) if seed == 1 else ()):
            shutil.copyfile(source / name, folder / name)
    wiki = [
        l for l in (corpora / 'wikitext2.valid.txt').read_text('utf-8').split('\n') if l.strip()
    ]
    wiki = (
        [wiki[i * len(wiki) // 200] for i in range(200)]
        if seed == 1
        else [wiki[i] for i in rng.choice(len(wiki), 200, replace=False)]
    )
    if seed == 1:
        torture = (
            (source / 'torture.txt').read_bytes().decode('utf-8').removesuffix('\n').split('\n')
        )
    else:
        torture = random_lines(rng, (source / bert).read_text('utf-8').split('\n')[999:-1], 400)
    for name, vocab, options in [
        ('uncased', bert, dict(lowercase=True)),
        ('cased', bert, dict(lowercase=False, strip_accents=False)),
        ('novels', novels, dict(lowercase=True)),
    ]:
        tokenizer = BertWordPieceTokenizer(str(source / vocab), **options)
        for text, lines in (('torture', torture), ('wikitext2', wiki)):
            with open(folder / f'{text}.{name}.jsonl', 'w') as f:
                for line in lines:
                    e = tokenizer.encode(line, add_special_tokens=False)
                    f.write(json.dumps(dict(text=line, ids=e.ids, tokens=e.tokens)) + '\n')
    if seed == 1:
        write_json(folder / 'characters.json', character_classes())
