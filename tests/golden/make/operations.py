"""ops.json, ops.safetensors: every operation with its gradients, by PyTorch in float64."""


import torch
import torch.nn.functional as F

from group import Group
from layers import layer_ops


def elementwise_ops(g):
    B, T, C = g.dims(2, 3, 5)
    shapes = [
        ((T, C), (T, C)),
        ((B, T, C), (C,)),
        ((T, 1), (1, C)),
        ((B, 1, T, 1), (C, 1, 2)),
        ((), (B, T)),
        ((0, C), (C,)),
    ]
    for op in ('add', 'sub', 'mul', 'div'):
        for a, b in shapes:
            divisor = g.normal(*b)
            divisor = (
                torch.where(divisor < 0, -1.0, 1.0) * (divisor.abs() + 0.3)
                if op == 'div'
                else divisor
            )
            g.case(op, lambda a, b: getattr(torch, op)(a, b), dict(a=g.normal(*a), b=divisor))
    edges = torch.tensor(
        [-30, -5.5, -1, -1e-3, -0.0, 0.0, 1e-9, 1e-3, 1, 5.5, 30], dtype=torch.float64
    )
    unary = dict(
        neg=torch.neg,
        exp=torch.exp,
        tanh=torch.tanh,
        sigmoid=torch.sigmoid,
        relu=torch.relu,
        silu=F.silu,
        gelu=F.gelu,
        gelu_tanh=lambda x: F.gelu(x, approximate='tanh'),
    )
    for op, fn in unary.items():
        for x in (g.normal(B, T, C), g.normal(*g.dims(17), scale=3), g.normal(0, C)):
            g.case(op, lambda x: fn(x), dict(x=x))
        g.case(op, lambda x: fn(x), dict(x=edges), note='both zeros, tiny and saturating values')
    for op in ('log', 'sqrt'):
        for x in (g.positive(B, T, C), g.positive(*g.dims(17)) * 1e6, g.positive(1) * 1e-9):
            g.case(op, lambda x: getattr(torch, op)(x), dict(x=x))
    for exponent in (2.0, 3.0, 0.5, -1.5):
        x = g.normal(T, C) if exponent in (2.0, 3.0) else g.positive(T, C)
        g.case('pow', lambda x: torch.pow(x, exponent), dict(x=x), dict(exponent=exponent))


def product_ops(g):
    B, H, T, C, O = g.dims(2, 3, 4, 5, 7)

    def matmul(a_shape, b_shape, ta=False, tb=False):
        flip = lambda s, t: (*s[:-2], s[-1], s[-2]) if t else s
        turn = lambda x, t: x.transpose(-1, -2) if t else x
        g.case(
            'matmul',
            lambda a, b: turn(a, ta) @ turn(b, tb),
            dict(a=g.normal(*flip(a_shape, ta)), b=g.normal(*flip(b_shape, tb))),
            dict(transpose_a=ta, transpose_b=tb),
        )

    for ta in (False, True):
        for tb in (False, True):
            matmul((T, C), (C, O), ta, tb)
            matmul((B, H, T, C), (B, H, C, O), ta, tb)
    for a, b in [
        ((B, T, C), (B, C, O)),
        ((B, T, C), (C, O)),
        ((B, 1, T, C), (H, C, O)),
        ((1, C), (C, 1)),
        ((0, C), (C, O)),
        ((T, 0), (0, O)),
    ]:
        matmul(a, b)
    matmul((B, 1, T, C), (H, C, O), True, True)
    for shape, bias in [((B, T, C), True), ((B, T, C), False), ((T, C), True), ((0, C), True)]:
        inputs = dict(
            input=g.normal(*shape),
            weight=g.normal(O, C),
            **(dict(bias=g.normal(O)) if bias else {}),
        )
        g.case('linear', lambda **x: F.linear(**x), inputs)


def reduction_ops(g):
    B, T, C, N = g.dims(2, 3, 7, 5)
    for op, fn in (('softmax', F.softmax), ('log_softmax', F.log_softmax)):
        for shape, axis in [((B, T, C), 2), ((B, T, C), 1), ((C,), 0), ((T, 1), 1), ((0, C), 1)]:
            g.case(
                op, lambda x: fn(x, dim=axis), dict(x=g.normal(*shape, scale=3)), dict(axis=axis)
            )
        g.case(
            op,
            lambda x: fn(x, dim=1),
            dict(x=g.normal(T, C).sign() * 1e4 + g.normal(T, C)),
            dict(axis=1),
            note='large values',
        )
    for eps in (1e-5, 1e-12):
        for shape in [(B, T, C), (T, 1), (0, C), (T, 3 * C)]:
            weight, bias = g.normal(shape[-1]), g.normal(shape[-1])
            g.case(
                'layer_norm',
                lambda x, weight, bias: F.layer_norm(x, x.shape[-1:], weight, bias, eps),
                dict(x=g.normal(*shape) + 2, weight=weight, bias=bias),
                dict(eps=eps),
                note=(
                    'variance 0: the exact gradients of x and weight are 0; '
                    'what is here is rounding times 1/sqrt(eps)'
                    if shape[-1] == 1
                    else None
                ),
            )
            g.case(
                'rms_norm',
                lambda x, weight: F.rms_norm(x, x.shape[-1:], weight, eps),
                dict(x=g.normal(*shape) + 2, weight=weight),
                dict(eps=eps),
            )
    for op, fn in (('sum', torch.sum), ('mean', torch.mean), ('max', torch.amax)):
        for axes, keep in [
            ((1,), False),
            ((1,), True),
            ((0, 2), False),
            ((0, 2), True),
            ((0, 1, 2), False),
        ]:
            g.case(
                op,
                lambda x: fn(x, dim=axes, keepdim=keep),
                dict(x=g.normal(B, T, C)),
                dict(axes=axes, keepdim=keep),
            )
    g.case(
        'sum',
        lambda x: torch.sum(x, dim=(0,)),
        dict(x=g.normal(0, C)),
        dict(axes=[0], keepdim=False),
        note='sum of nothing is 0',
    )
    g.case(
        'max',
        lambda x: torch.amax(x, dim=(1,)),
        dict(x=g.ints(0, 2, T, C).double()),
        dict(axes=[1], keepdim=False),
        note='ties: torch.amax shares the gradient equally among them',
    )
    for logits, ignored in [
        (g.normal(N, C), [1]),
        (g.normal(N, C, scale=4), []),
        (g.normal(1, C), []),
        (g.normal(N, C).sign() * 1e4, [0]),
    ]:
        target = g.ints(0, logits.shape[1], len(logits))
        target[ignored] = -100
        for reduction in ('mean', 'sum'):
            g.case(
                'cross_entropy',
                lambda logits, target: F.cross_entropy(logits, target, reduction=reduction),
                dict(logits=logits, target=target),
                dict(reduction=reduction, ignore_index=-100),
            )
    for reduction in ('mean', 'sum'):
        g.case(
            'cross_entropy',
            lambda logits, target: F.cross_entropy(logits, target, reduction=reduction),
            dict(logits=g.normal(N, C), target=torch.full((N,), -100, dtype=torch.int32)),
            dict(reduction=reduction, ignore_index=-100),
            note='everything ignored: torch gives NaN for mean (0/0) and 0 for sum',
        )
        for shape in [(T, C), (N,)]:
            g.case(
                'mse',
                lambda input, target: F.mse_loss(input, target, reduction=reduction),
                dict(input=g.normal(*shape), target=g.normal(*shape)),
                dict(reduction=reduction),
            )
        for scale in (2, 300):
            target = (
                torch.from_numpy(g.rng.random((T, C)))
                if scale == 2
                else g.ints(0, 2, T, C).double()
            )
            g.case(
                'bce_with_logits',
                lambda logits, target: F.binary_cross_entropy_with_logits(
                    logits, target, reduction=reduction
                ),
                dict(logits=g.normal(T, C, scale=scale), target=target),
                dict(reduction=reduction),
                constants=('target',),
            )


def movement_ops(g):
    B, T, C, V, N = g.dims(2, 3, 4, 11, 6)
    for ids in (g.ints(0, V, B, T), torch.tensor([3, 3, 0, 3], dtype=torch.int32), g.ints(0, V, 0)):
        g.case(
            'embedding',
            lambda ids, table: F.embedding(ids, table),
            dict(ids=ids, table=g.normal(V, C)),
        )
        g.case(
            'index_select',
            lambda x, index: torch.index_select(x, 0, index),
            dict(x=g.normal(V, C), index=ids.reshape(-1)),
            dict(axis=0),
        )
    for axes in [(0, 2, 1), (2, 0, 1), (2, 1, 0)]:
        g.case(
            'permute',
            lambda x: x.permute(axes).contiguous(),
            dict(x=g.normal(B, T, C)),
            dict(axes=axes),
        )
    for shape, axes in [
        ((T, C), (0, 1)),
        ((B, T, C, N), (1, 2)),
        ((B, 1, C), (1, 2)),
        ((0, C), (0, 1)),
    ]:
        g.case(
            'transpose',
            lambda x: x.transpose(*axes).contiguous(),
            dict(x=g.normal(*shape)),
            dict(axes=axes),
        )
    for shape, to in [((B, T, C), (B * T, C)), ((T, C), (1, C, T)), ((1,), ()), ((0, C), (C, 0))]:
        g.case('reshape', lambda x: x.reshape(to), dict(x=g.normal(*shape)), dict(shape=to))
    for shapes, axis in [
        ([(T, C), (B, C)], 0),
        ([(B, T, C), (B, T, 1), (B, T, N)], 2),
        ([(T, C), (T, 0)], 1),
    ]:
        g.case(
            'concat',
            lambda **x: torch.cat(list(x.values()), axis),
            {f'x{i}': g.normal(*s) for i, s in enumerate(shapes)},
            dict(axis=axis),
        )
    for shape, axis, start, end in [
        ((N, C), 0, 1, N - 1),
        ((B, T, N), 2, 0, 3),
        ((B, N, C), 1, 2, N),
        ((T, C), 1, 2, 2),
    ]:
        g.case(
            'slice',
            lambda x: x.narrow(axis, start, end - start).contiguous(),
            dict(x=g.normal(*shape)),
            dict(axis=axis, start=start, end=end),
        )


def make_ops(out, seed):
    g = Group('ops', seed)
    for part in (elementwise_ops, product_ops, reduction_ops, movement_ops, layer_ops):
        part(g)
    g.save(out)
