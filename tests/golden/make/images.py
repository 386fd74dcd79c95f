"""images.json, images.safetensors: operations of convolutional models, by PyTorch in float64."""

import numpy as np
import torch
import torch.nn.functional as F

from group import Group
from philox import keep


def convolutions(g):
    for channels, filters, groups, kernel, stride, padding, dilation in [
        (4, 6, 2, (3, 3), 1, 1, 1),
        (3, 3, 3, (3, 3), 2, 1, 1),
        (2, 5, 1, (3, 2), 1, 2, 2),
        (4, 4, 4, (1, 3), 3, 0, 1),
        (18, 35, 1, (3, 3), 1, 1, 1),
    ]:
        B, Y, X = g.dims(2, 7, 8)
        g.case(
            'conv2d',
            lambda input, weight, bias: F.conv2d(
                input, weight, bias, stride, padding, dilation, groups
            ),
            dict(
                input=g.normal(B, channels, Y, X),
                weight=g.normal(filters, channels // groups, *kernel),
                bias=g.normal(filters),
            ),
            dict(stride=stride, padding=padding, dilation=dilation, groups=groups),
        )


def norms(g):
    for base in [(3, 4, 5, 6), (9, 5), (4, 3, 2)]:
        shape = g.dims(*base)
        C = shape[1]
        inputs = lambda: dict(
            x=g.normal(*shape) * 2 + 1, weight=g.normal(C) + 1, bias=g.normal(C)
        )
        g.case(
            'batch_norm',
            lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, training=True),
            inputs(),
            dict(eps=1e-5),
            note='training: statistics of the batch',
        )
        g.case(
            'batch_norm',
            lambda x, weight, bias, mean, variance: F.batch_norm(
                x, mean, variance, weight, bias, training=False, eps=1e-3
            ),
            dict(**inputs(), mean=g.normal(C), variance=g.positive(C)),
            dict(eps=1e-3),
            constants=('mean', 'variance'),
            note='evaluation: statistics given',
        )
    for groups, base in [(2, (3, 4, 5, 3)), (1, (2, 3, 7)), (3, (2, 3, 4, 4)), (2, (4, 8))]:
        B, C, *rest = base
        B, *rest = g.dims(B, *rest)
        g.case(
            'group_norm',
            lambda x, weight, bias: F.group_norm(x, groups, weight, bias, 1e-5),
            dict(x=g.normal(B, C, *rest) - 1, weight=g.normal(C) + 1, bias=g.normal(C)),
            dict(groups=groups, eps=1e-5),
        )


def places(g):
    for before, after, value, base in [
        ((0, 0, 1, 2), (0, 0, 2, 0), 0.0, (2, 3, 4, 5)),
        ((2, 1), (0, 3), -1.5, (3, 4)),
        ((0,), (2,), 7.0, (5,)),
    ]:
        widths = [w for pair in reversed(list(zip(before, after))) for w in pair]
        g.case(
            'pad',
            lambda x: F.pad(x, widths, value=value),
            dict(x=g.normal(*g.dims(*base))),
            dict(before=before, after=after, value=value),
        )
    for factor, base in [(2, (2, 3, 3, 4)), (3, (1, 2, 5, 1))]:
        g.case(
            'upsample',
            lambda x: F.interpolate(x, scale_factor=factor, mode='nearest'),
            dict(x=g.normal(*g.dims(*base))),
            dict(factor=factor),
        )
    for axis, base in [(0, (5, 3)), (1, (2, 7, 3)), (-1, (4, 9)), (0, (0, 3))]:
        g.case(
            'cumsum',
            lambda x: torch.cumsum(x, axis),
            dict(x=g.normal(*g.dims(*base))),
            dict(axis=axis),
        )
    for axis, base, count in [(0, (4, 3), 9), (1, (2, 5, 3), 4), (-1, (3, 6), 7)]:
        shape = g.dims(*base)
        source = list(shape)
        source[axis] = count
        g.case(
            'index_add',
            lambda x, index, source: torch.index_add(x, axis, index, source),
            dict(
                x=g.normal(*shape), index=g.ints(0, shape[axis], count), source=g.normal(*source)
            ),
            dict(axis=axis),
        )
    B, T, C = g.dims(2, 3, 5)
    for condition, a, b in [
        ((B, T, C), (B, T, C), (B, T, C)),
        ((T, 1), (B, 1, C), (C,)),
        ((B, T, C), (), (T, 1)),
    ]:
        g.case(
            'where',
            lambda condition, a, b: torch.where(condition != 0, a, b),
            dict(condition=g.ints(0, 2, *condition), a=g.normal(*a), b=g.normal(*b)),
        )


def factors(g):
    for factor in (-2.5, 1 / 3, 0.0):
        shape = g.dims(2, 3, 5)
        g.case('scale', lambda x: factor * x, dict(x=g.normal(*shape)), dict(factor=factor))
    for p, base, rows in [(0.1, (67,), None), (0.5, (2, 3, 5), None), (0.3, (4, 9), 20)]:
        shape = g.dims(*base)
        inputs = dict(x=g.normal(*shape))
        if rows is None:
            numbers = np.arange(np.prod(shape)).reshape(shape)
        else:
            inputs['rows'] = g.ints(0, rows, shape[0])
            numbers = inputs['rows'].numpy()[:, None] * shape[1] + np.arange(shape[1])
        kept = keep(numbers, p)
        g.case(
            'dropout',
            lambda x, rows=None: torch.where(kept, x / (1 - p), 0),
            inputs,
            dict(p=p),
            note='the first draw of seed 0, step 0, micro-batch 0 (make/philox.py)',
        )


def losses(g):
    T, C = g.dims(7, 5)
    for reduction in ('sum', 'mean'):
        for beta in (1.0, 0.3):
            g.case(
                'smooth_l1',
                lambda input, target: F.smooth_l1_loss(
                    input, target, reduction=reduction, beta=beta
                ),
                dict(input=g.normal(T, C), target=g.normal(T, C)),
                dict(reduction=reduction, beta=beta),
            )
        for smoothing in (0.1, 1.0):
            target = g.ints(0, C, T)
            target[1] = -100
            g.case(
                'cross_entropy',
                lambda logits, target: F.cross_entropy(
                    logits, target, reduction=reduction, label_smoothing=smoothing
                ),
                dict(logits=g.normal(T, C, scale=3), target=target),
                dict(reduction=reduction, ignore_index=-100, label_smoothing=smoothing),
            )


def make_images(out, seed):
    g = Group('images', seed)
    convolutions(g)
    norms(g)
    places(g)
    losses(g)
    factors(g)
    g.save(out)
