"""sequence.json, sequence.safetensors: operations over time, by PyTorch in float64."""

import numpy as np
import torch
import torch.nn.functional as F

from group import Group
from philox import keep


def causal_attention(g):
    """The queries are the last of the positions, as beside a cache of keys and values."""
    for base, cached, masked in [
        ((2, 2, 3, 4), 4, False),
        ((2, 1, 1, 3), 6, False),
        ((1, 2, 20, 8), 45, False),
        ((2, 2, 5, 3), 0, True),
        ((2, 2, 4, 5), 3, True),
    ]:
        B, H, Tq, D = g.dims(*base)
        T = Tq + cached
        seen = torch.ones(Tq, T, dtype=torch.bool).tril(diagonal=T - Tq)
        inputs = dict(q=g.normal(B, H, Tq, D), k=g.normal(B, H, T, D), v=g.normal(B, H, T, D))
        if masked:
            visible = g.ints(0, 2, B, T)
            visible[:, 0] = 1
            inputs['visible'] = visible
        g.case(
            'scaled_dot_product_attention',
            lambda q, k, v, visible=None: F.scaled_dot_product_attention(
                q, k, v, attn_mask=seen if visible is None else seen & (visible[:, None, None] != 0)
            ),
            inputs,
            dict(causal=True),
            note='query i sees keys up to i + T - Tq; visible: 0 for keys that are not seen',
        )


def attention_with_dropout(g):
    """Of the probabilities: the one of query t for key j is number ((b H + h) Tq + t) T + j."""
    for base, p, causal in [((2, 2, 5, 3), 0.3, False), ((1, 3, 9, 4), 0.5, True)]:
        B, H, T, D = g.dims(*base)
        kept = keep(np.arange(B * H * T * T).reshape(B, H, T, T), p)
        unseen = torch.ones(T, T, dtype=torch.bool).triu(diagonal=1 if causal else T)

        def attend(q, k, v):
            scores = (q @ k.transpose(-1, -2) / D**0.5).masked_fill(unseen, -torch.inf)
            return torch.where(kept, scores.softmax(-1) / (1 - p), 0) @ v

        g.case(
            'scaled_dot_product_attention',
            attend,
            {name: g.normal(B, H, T, D) for name in 'qkv'},
            dict(dropout=p, causal=causal),
            note='the first draw of seed 0, step 0, micro-batch 0 (make/philox.py)',
        )


def rotate(x, heads, first, base):
    """RoFormer, equation 34: the pair (2i, 2i + 1) of a head turns by t base^(-2i / D)."""
    B, T, C = x.shape
    D = C // heads
    angle = (first + torch.arange(T, dtype=torch.float64))[:, None] * base ** (
        -torch.arange(0, D, 2, dtype=torch.float64) / D
    )
    turn = torch.polar(torch.ones_like(angle), angle)
    pairs = torch.view_as_complex(x.reshape(B, T, heads, D // 2, 2))
    return torch.view_as_real(pairs * turn[:, None]).reshape(B, T, C)


def rotary(g):
    for base, heads, first, frequency in [
        ((2, 5, 3), 2, 0, 10000.0),
        ((1, 1, 1), 1, 7, 10000.0),
        ((2, 9, 5), 3, 100, 500.0),
    ]:
        B, T, half = g.dims(*base)
        attributes = dict(heads=heads, first=first, base=frequency)
        g.case(
            'rotary',
            lambda x: rotate(x, **attributes),
            dict(x=g.normal(B, T, heads * 2 * half)),
            attributes,
            note=(
                'pairs (2i, 2i + 1) of a head at position first + t turn by '
                '(first + t) base^(-2i / D)'
            ),
        )


def recurrent(g):
    for base in [(3, 5, 4, 5), (1, 1, 1, 1), (2, 9, 7, 3), (5, 3, 6, 33)]:
        B, T, C, H = g.dims(*base)
        cell = lambda n: dict(
            w_ih=g.normal(n * H, C, scale=0.5),
            w_hh=g.normal(n * H, H, scale=H**-0.5),
            b_ih=g.normal(n * H),
            b_hh=g.normal(n * H),
        )
        # batch_first is the last argument.
        lstm = lambda x, h, c, **w: torch.lstm(
            x, (h[None], c[None]), list(w.values()), True, 1, 0.0, False, False, True
        )
        g.case(
            'lstm',
            lambda **v: (lambda out, h, c: dict(out=out, h_out=h[0], c_out=c[0]))(*lstm(**v)),
            dict(x=g.normal(B, T, C), h=g.normal(B, H), c=g.normal(B, H), **cell(4)),
            note='gates in the order i, f, g, o; h_out, c_out after the last step',
        )
        gru = lambda x, h, **w: torch.gru(
            x, h[None], list(w.values()), True, 1, 0.0, False, False, True
        )
        g.case(
            'gru',
            lambda **v: (lambda out, h: dict(out=out, h_out=h[0]))(*gru(**v)),
            dict(x=g.normal(B, T, C), h=g.normal(B, H), **cell(3)),
            note='gates in the order r, z, n; h_out after the last step',
        )


def make_sequence(out, seed):
    g = Group('sequence', seed)
    for part in (causal_attention, rotary, recurrent, attention_with_dropout):
        part(g)
    g.save(out)
