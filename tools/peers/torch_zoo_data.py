"""What the zoo's models learn from, as tensors: a table, images, a text, lines."""

import csv
import gzip
import math
import re
import unicodedata

import torch
import torch.nn.functional as F


def read_table(path, target):
    """Features [rows, F] and targets, standardised numbers or classes, and the number of classes.

    A number is standardised, a category one feature a value, a gap is filled and marked.
    """
    with open(path, encoding='utf-8', newline='') as file:
        rows = [row for row in csv.DictReader(file) if row[target] not in ('', 'NA')]

    def numbers(cells):
        try:
            return torch.tensor([float(c) if c not in ('', 'NA') else math.nan for c in cells])
        except ValueError:
            return None

    def standardised(x):
        known = x[~x.isnan()]
        return ((x - known.mean()) / known.std()).nan_to_num(0)[:, None]

    columns = []
    for name in (name for name in rows[0] if name != target):
        cells = [row[name] for row in rows]
        gaps = torch.tensor([c in ('', 'NA') for c in cells])
        x = numbers(cells)
        if x is None:
            values = sorted({c for c in cells if c not in ('', 'NA')})
            most = max(values, key=cells.count)
            which = [values.index(most if gap else c) for c, gap in zip(cells, gaps)]
            columns.append(F.one_hot(torch.tensor(which), len(values)).float())
        else:
            columns.append(standardised(x))
        if gaps.any():
            columns.append(gaps.float()[:, None])
    targets = [row[target] for row in rows]
    y = numbers(targets)
    if y is not None:
        return torch.cat(columns, 1), standardised(y), 0
    classes = sorted(set(targets))
    return torch.cat(columns, 1), torch.tensor([classes.index(t) for t in targets]), len(classes)


def read_idx(path, header):
    with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)


def read_digits(images, labels):
    """Images [N, 1, 28, 28] in [0, 1] and their classes."""
    return read_idx(images, 16).view(-1, 1, 28, 28).float() / 255, read_idx(labels, 8).long()


def augmented(images, shift, degrees):
    """Each image moved by up to `shift` pixels and turned by up to `degrees`, a batch at once."""
    if shift == 0 and degrees == 0:
        return images
    B, _, H, _ = images.shape
    angle = (torch.rand(B) * 2 - 1) * math.radians(degrees)
    move = (torch.rand(B, 2) * 2 - 1) * shift * 2 / H
    sine, cosine = angle.sin(), angle.cos()
    rows = [torch.stack([cosine, -sine, move[:, 0]], 1), torch.stack([sine, cosine, move[:, 1]], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), images.shape, align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def read_text(path):
    """The text as numbers of its characters, and how many there are; one is for all others."""
    with open(path, encoding='utf-8', newline='') as file:
        text = file.read()
    number = {c: i for i, c in enumerate(sorted(set(text)))}
    return torch.tensor([number[c] for c in text]), len(number) + 1


def encoded(texts, flags):
    """Each text's WordPieces, [CLS] and [SEP] around them, cut and padded to one length."""
    number = {token: i for i, token in enumerate(flags.vocabulary)}
    known, length = {}, flags.whole('seq_len')

    def pieces(word):
        if flags['lowercase'] == 'true':
            word = unicodedata.normalize('NFD', word.lower())
            word = ''.join(c for c in word if not unicodedata.combining(c))
        ids, begin, end = [], 0, len(word)
        while begin < len(word):
            piece = number.get(('##' if begin > 0 else '') + word[begin:end])
            if piece is not None:
                ids.append(piece)
                begin, end = end, len(word)
            elif end - begin > 1:
                end -= 1
            else:
                return [number['[UNK]']]
        return ids

    rows = torch.full((len(texts), length), number['[PAD]'])
    for row, text in zip(rows, texts):
        ids = [number['[CLS]']]
        for word in re.findall(r'[^\W_]+|[^\w\s]|_', text):
            if word not in known:
                known[word] = pieces(word)
            ids += known[word]
            if len(ids) >= length:
                break
        ids[length - 1 :] = []
        ids.append(number['[SEP]'])
        row[: len(ids)] = torch.tensor(ids)
    return rows


def read_lines(path, flags):
    """Of lines label<TAB>text the ids and classes, and how many classes there are."""
    with open(path, encoding='utf-8') as file:
        lines = [line.split('\t', 1) for line in file if line.strip()]
    labels = sorted({label for label, _ in lines})
    classes = torch.tensor([labels.index(label) for label, _ in lines])
    return encoded([text for _, text in lines], flags), classes, len(labels)


def read_pairs(paths, flags):
    """The ids of paragraphs, one a line, and which have enough words, as has the one after them."""
    rows, firsts = [], []
    for path in paths:
        with open(path, encoding='utf-8') as file:
            ids = encoded([line for line in file if line.strip()], flags)
        enough = (ids != 0).sum(1) - 2 >= flags.whole('min_words')
        firsts.append(sum(map(len, rows)) + (enough[:-1] & enough[1:]).nonzero()[:, 0])
        rows.append(ids)
    return torch.cat(rows), torch.cat(firsts)


def shuffled(count, batch):
    """Endless batches of record numbers, each epoch in an order of its own, its last ones left."""
    while True:
        order = torch.randperm(count)
        for begin in range(0, count - batch + 1, batch):
            yield order[begin : begin + batch]
