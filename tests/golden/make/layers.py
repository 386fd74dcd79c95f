"""Layers and losses among the operations of ops.json."""
import math

import numpy as np
import torch
import torch.nn.functional as F


def layer_ops(g):
    for base in [(2, 2, 5, 3), (1, 1, 1, 4), (2, 2, 17, 16), (2, 2, 64, 48)]:
        B, H, T, D = base if base[2] == 64 else g.dims(*base)
        lengths = 1 + g.rng.integers(0, T, B)
        lengths[0] = T
        visible = torch.from_numpy(np.arange(T)[None] < lengths[:, None])
        mask = torch.zeros(B, 1, 1, T, dtype=torch.float64).masked_fill(
            ~visible[:, None, None], -math.inf
        )
        qkv = lambda: {k: g.normal(B, H, T, D) for k in ('q', 'k', 'v')}
        if T > 1 and T < 64:
            cross = {**qkv(), 'q': g.normal(B, H, T + 2, D)}
            g.case(
                'scaled_dot_product_attention',
                lambda q, k, v: F.scaled_dot_product_attention(q, k, v),
                cross,
                dict(causal=False),
                note='more queries than keys',
            )
        g.case(
            'scaled_dot_product_attention',
            lambda q, k, v: F.scaled_dot_product_attention(q, k, v),
            qkv(),
            dict(causal=False),
        )
        g.case(
            'scaled_dot_product_attention',
            lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
            qkv(),
            dict(causal=True),
        )
        g.case(
            'scaled_dot_product_attention',
            lambda q, k, v, mask, visible: F.scaled_dot_product_attention(q, k, v, attn_mask=mask),
            dict(**qkv(), mask=mask, visible=visible.int()),
            dict(causal=False),
            constants=('mask',),
            note='visible: the same mask as 1 (attend) or 0 per key',
        )
    for stride, padding, bias, kernel in [
        (1, 0, True, 3),
        (2, 1, True, 3),
        (1, 2, False, 5),
        (3, 0, True, 1),
        (2, 1, False, 2),
    ]:
        B, I, O, Y, X = g.dims(2, 3, 4, 7, 9)
        inputs = dict(
            input=g.normal(B, I, Y, X),
            weight=g.normal(O, I, kernel, kernel),
            **(dict(bias=g.normal(O)) if bias else {}),
        )
        g.case(
            'conv2d',
            lambda **t: F.conv2d(**t, stride=stride, padding=padding),
            inputs,
            dict(stride=stride, padding=padding),
        )
    for kernel, stride, padding in [(2, 2, 0), (3, 2, 1), (3, 1, 0)]:
        B, C, Y, X = g.dims(2, 3, 7, 8)
        attributes = dict(kernel=kernel, stride=stride, padding=padding)
        g.case(
            'max_pool2d',
            lambda input: F.max_pool2d(input, kernel, stride, padding),
            dict(input=g.normal(B, C, Y, X)),
            attributes,
        )
        g.case(
            'avg_pool2d',
            lambda input: F.avg_pool2d(input, kernel, stride, padding),
            dict(input=g.normal(B, C, Y, X)),
            attributes,
            note='padding is counted in the divisor',
        )
    g.case(
        'max_pool2d',
        lambda input: F.max_pool2d(input, 2, 2),
        dict(input=g.ints(0, 2, 1, 2, 6, 6).double()),
        dict(kernel=2, stride=2, padding=0),
        note='ties: the first maximum in row-major order takes the whole gradient',
    )
    for B, I, H in [g.dims(3, 4, 5), [1, 1, 1], g.dims(2, 7, 3)]:
        cell = lambda n: dict(
            w_ih=g.normal(n * H, I),
            w_hh=g.normal(n * H, H),
            b_ih=g.normal(n * H),
            b_hh=g.normal(n * H),
        )
        g.case(
            'lstm_cell',
            lambda x, h, c, **w: dict(
                zip(('h_out', 'c_out'), torch.lstm_cell(x, (h, c), *w.values()))
            ),
            dict(x=g.normal(B, I), h=g.normal(B, H), c=g.normal(B, H), **cell(4)),
            note='gates in the order i, f, g, o',
        )
        g.case(
            'gru_cell',
            lambda x, h, **w: dict(h_out=torch.gru_cell(x, h, *w.values())),
            dict(x=g.normal(B, I), h=g.normal(B, H), **cell(3)),
            note=(
                'gates in the order r, z, n; n = tanh(W_in x + b_in + r * (W_hn h + b_hn)); '
                'h_out = (1 - z) * n + z * h'
            ),
        )
        g.case(
            'lstm',
            lambda x, h, c, **w: dict(
                zip(
                    ('out', 'h_out', 'c_out'),
                    (lambda o, h, c: (o, h[0], c[0]))(
                        *torch.lstm(
                            x,
                            (h[None], c[None]),
                            list(w.values()),
                            True,
                            1,
                            0.0,
                            False,
                            False,
                            True,
                        )
                    ),
                )
            ),
            dict(x=g.normal(B, 5, I), h=g.normal(B, H), c=g.normal(B, H), **cell(4)),
            note='x and out are [B, T, .]; h_out, c_out after the last step',
        )
