#!/usr/bin/env python3
"""One of the zoo's models in PyTorch, as its users write it: trains it by the recipe of a run of
Hairpin's.

usage: torch_zoo.py TASK [--fused]

--fused   AdamW as one kernel, which PyTorch has but does not take unless told to

TASK is the JSON file that tools/peers/zoo.h writes: the program, its settings by name, the files
that it read and its vocabulary. So sizes, steps, batches, rates, decay, clipping, dropout,
augmentation and threads are the same; the split, the order of the data and the first weights are
drawn by PyTorch.

Prints one JSON object: "seconds" of training after each `log_every` steps, with the making of
batches and without reading files and evaluation; "eval_loss", "eval_accuracy" where classes are
guessed; "parameters".
"""

import argparse
import math
import time

import steps
import torch_zoo_data as data
import torch_zoo_models as models

import torch
import torch.nn as nn
import torch.nn.functional as F


class Flags(dict):
    def __init__(self, task):
        super().__init__(task['flags'])
        self.vocabulary = task.get('vocabulary')

    def number(self, name):
        return float(self[name])

    def whole(self, name):
        return int(self[name])


def factor(flags, step):
    """Of the learning rate: linear warm-up, then as the schedule says."""
    total, warmup = flags.whole('steps'), flags.whole('warmup_steps')
    if step < warmup:
        return (step + 1) / warmup
    part = (step - warmup) / max(1, total - warmup)
    if flags['schedule'] == 'cosine':
        return (1 + math.cos(math.pi * part)) / 2
    assert flags['schedule'] == 'linear', flags['schedule']
    return 1 - part


def train(flags, fused, model, load, loss_of):
    """Seconds after each `log_every` steps; loss_of(*load()) is the mean loss of a batch."""
    optimizer = torch.optim.AdamW(
        [
            {
                'params': [p for p in model.parameters() if p.dim() > 1],
                'weight_decay': flags.number('weight_decay'),
            },
            {'params': [p for p in model.parameters() if p.dim() == 1], 'weight_decay': 0},
        ],
        lr=flags.number('lr'),
        betas=(flags.number('beta1'), flags.number('beta2')),
        eps=flags.number('adam_epsilon'),
        fused=fused,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(flags, step))
    clip, log_every = flags.number('clip_norm'), flags.whole('log_every')
    model.train()
    seconds = []
    begin = time.perf_counter()
    for step in range(flags.whole('steps')):
        loss = loss_of(*load())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        schedule.step()
        if log_every > 0 and (step + 1) % log_every == 0:
            seconds.append(time.perf_counter() - begin)
    model.eval()
    return seconds


def guessing(flags, fused, model, load, test):
    """Trains what guesses classes; `test`: batches of inputs and their classes."""
    seconds = train(flags, fused, model, load, lambda x, y: F.cross_entropy(model(x), y))
    with torch.no_grad():
        logits = [model(x) for x, _ in test]
        loss = sum(F.cross_entropy(z, y, reduction='sum').item() for z, (_, y) in zip(logits, test))
        right = sum((z.argmax(1) == y).sum().item() for z, (_, y) in zip(logits, test))
    count = sum(len(y) for _, y in test)
    return model, seconds, dict(eval_loss=loss / count, eval_accuracy=right / count)


def encoder(flags):
    sizes = [flags.whole(name) for name in ('seq_len', 'layers', 'hidden', 'heads', 'intermediate')]
    return models.Encoder(len(flags.vocabulary), *sizes, flags.number('dropout'))


def tabular(flags, fused, files):
    x, y, classes = data.read_table(files[0], flags['target'])
    hidden = [int(width) for width in flags['hidden'].split(',')] if flags['model'] == 'mlp' else []
    model = models.perceptron(x.shape[1], hidden, max(1, classes))
    loss_of = lambda x, y: (F.cross_entropy if classes else F.mse_loss)(model(x), y)
    order = torch.randperm(len(x))
    test = order[: round(len(x) * flags.number('evaluation_share'))]
    rows = order[len(test) :]
    batches = data.shuffled(len(rows), flags.whole('micro_batch'))

    def load():
        batch = rows[next(batches)]
        return x[batch], y[batch]

    seconds = train(flags, fused, model, load, loss_of)
    with torch.no_grad():
        report = dict(eval_loss=loss_of(x[test], y[test]).item())
        if classes:
            right = model(x[test]).argmax(1) == y[test]
            report.update(eval_accuracy=right.double().mean().item())
    return model, seconds, report


def digits(flags, fused, files):
    """LeNet, vision transformer, autoencoder: the last fifth of the images is for testing."""
    images, labels = data.read_digits(*files[:2])
    train_count, batch = len(images) * 4 // 5, flags.whole('micro_batch')
    batches = data.shuffled(train_count, batch)
    test = list(zip(images[train_count:].split(batch), labels[train_count:].split(batch)))
    count = len(images) - train_count
    if 'latent' in flags:
        model = models.Vae(flags.whole('hidden'), flags.whole('latent'))
        load = lambda: (images[next(batches)].flatten(1),)
        seconds = train(flags, fused, model, load, lambda x: model.negative_elbo(x) / len(x))
        with torch.no_grad():
            total = sum(model.negative_elbo(x.flatten(1)).item() for x, _ in test)
        return model, seconds, dict(eval_loss=total / count)

    dropout = flags.number('dropout')
    model = models.Vit(dropout) if flags['model'] == 'vit' else models.lenet(dropout)

    def load():
        which = next(batches)
        x = data.augmented(images[which], flags.number('shift'), flags.number('degrees'))
        return x, labels[which]

    return guessing(flags, fused, model, load, test)


def classifier(flags, fused, files):
    """Mini-BERT's encoder, from nothing, tells the label of a line."""
    ids, classes, labels = data.read_lines(files[0], flags)
    head = nn.Sequential(
        nn.Dropout(flags.number('dropout')), nn.Linear(flags.whole('hidden'), labels)
    )
    order = torch.randperm(len(ids))
    tested = round(len(ids) * flags.number('evaluation_share'))
    test = order[:tested].split(flags.whole('micro_batch'))
    rows = order[sum(map(len, test)) :]
    batches = data.shuffled(len(rows), flags.whole('micro_batch'))

    def load():
        batch = rows[next(batches)]
        return ids[batch], classes[batch]

    model = nn.Sequential(encoder(flags), head)
    return guessing(flags, fused, model, load, [(ids[batch], classes[batch]) for batch in test])


def embedding(flags, fused, files):
    """Mini-BERT's encoder, from nothing: each paragraph of a pair is to be closest to the other."""
    ids, firsts = data.read_pairs(files, flags)
    test = firsts[49::50]
    rows = firsts[~torch.isin(firsts, torch.cat([test - 1, test, test + 1]))]
    B = flags.whole('micro_batch')
    batches = data.shuffled(len(rows), B)
    model = encoder(flags)

    def of_pairs(first):
        return (ids[torch.cat([first, first + 1])],)

    def cosines(x):
        first, second = F.normalize(model(x)).chunk(2)
        return first @ second.T / flags.number('temperature')

    def loss_of(z):
        own = torch.arange(len(z))
        return (F.cross_entropy(z, own) + F.cross_entropy(z.T, own)) / 2

    load = lambda: of_pairs(rows[next(batches)])
    seconds = train(flags, fused, model, load, lambda x: loss_of(cosines(x)))
    with torch.no_grad():
        logits = [cosines(*of_pairs(first)) for first in test.split(B)]
        loss = sum(loss_of(z).item() * len(z) for z in logits)
        right = sum((z.argmax(1) == torch.arange(len(z))).sum().item() for z in logits)
    return model, seconds, dict(eval_loss=loss / len(test), eval_accuracy=right / len(test))


def language(flags, fused, files):
    """The GPT and the recurrent models: the text's last tenth is for evaluation."""
    ids, vocabulary = data.read_text(files[0])
    T, B = flags.whole('seq_len'), flags.whole('micro_batch')
    split = round(len(ids) * (1 - flags.number('evaluation_share')))
    if 'heads' in flags:
        sizes = [flags.whole(name) for name in ('layers', 'hidden', 'heads', 'intermediate')]
        model = models.Gpt(vocabulary, T, *sizes, flags.number('dropout'))
    else:
        sizes = [flags.whole(name) for name in ('embedding', 'hidden', 'layers')]
        cell = flags.get('cell', 'lstm')
        model = models.Recurrent(cell, vocabulary, *sizes, flags.number('dropout'))

    def load():
        starts = torch.randint(split - T, (B,))
        rows = torch.stack([ids[s : s + T + 1] for s in starts])
        return rows[:, :-1], rows[:, 1:]

    def loss_of(x, y, reduction='mean'):
        return F.cross_entropy(model(x).flatten(0, 1), y.flatten(), reduction=reduction)

    seconds = train(flags, fused, model, load, loss_of)
    held = ids[split:]
    windows = (len(held) - 1) // T
    x, y = held[: windows * T].view(windows, T), held[1 : windows * T + 1].view(windows, T)
    with torch.no_grad():
        loss = sum(loss_of(a, b, 'sum').item() for a, b in zip(x.split(B), y.split(B)))
    return model, seconds, dict(eval_loss=loss / (windows * T))


PROGRAMS = dict(
    train_tabular=tabular,
    train_digits=digits,
    train_vae=digits,
    train_gpt=language,
    train_lstm=language,
    train_classifier=classifier,
    train_embedding=embedding,
)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('task')
    parser.add_argument('--fused', action='store_true')
    arguments = parser.parse_args()
    task = steps.read_task(arguments.task)
    flags = Flags(task)
    torch.set_num_threads(flags.whole('threads'))
    torch.manual_seed(flags.whole('seed'))
    assert flags['optimizer'] == 'adamw' and flags['accumulation'] == '1', flags
    model, seconds, report = PROGRAMS[task['program']](flags, arguments.fused, task['data'])
    parameters = sum(p.numel() for p in model.parameters())
    steps.report(seconds=seconds, parameters=parameters, **report)


if __name__ == '__main__':
    main()
