"""images.json, images.safetensors: operations of convolutional models, by PyTorch in float64."""

import torch
import torch.nn.functional as F

from group import Group


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


def make_images(out, seed):
    g = Group('images', seed)
    convolutions(g)
    norms(g)
    g.save(out)
