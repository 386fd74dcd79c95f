"""bert.json, bert.safetensors: Mini-BERT at a tiny size, by PyTorch in float64."""

import collections
import math

import torch
import torch.nn.functional as F

from group import Group

Config = collections.namedtuple('Config', 'layers hidden heads intermediate vocab sequence')


def parameter_shapes(c):
    """Names and shapes in the order that numbers the tensors for the flagship's LCG."""
    shapes = {
        'embeddings.token.weight': (c.vocab, c.hidden),
        'embeddings.position.weight': (c.sequence, c.hidden),
    }
    for i in range(c.layers):
        e = f'encoder.{i}.'
        shapes |= {e + 'attention_norm.weight': (c.hidden,), e + 'attention_norm.bias': (c.hidden,)}
        shapes |= {
            f'{e}attention.{n}.weight': (c.hidden, c.hidden)
            for n in ('query', 'key', 'value', 'output')
        }
        shapes |= {
            e + 'feed_forward_norm.weight': (c.hidden,),
            e + 'feed_forward_norm.bias': (c.hidden,),
            e + 'feed_forward.in.weight': (c.intermediate, c.hidden),
            e + 'feed_forward.in.bias': (c.intermediate,),
            e + 'feed_forward.out.weight': (c.hidden, c.intermediate),
            e + 'feed_forward.out.bias': (c.hidden,),
        }
    return shapes | {
        'norm.weight': (c.hidden,),
        'norm.bias': (c.hidden,),
        'decoder.weight': (c.vocab, c.hidden),
        'decoder.bias': (c.vocab,),
    }


def bert_logits(p, c, ids, attention_mask, labels, trace=None):
    """Logits [M, V] of the positions whose label is not -100, in row-major order of (b, t)."""
    B, T = ids.shape
    norm = lambda x, n: F.layer_norm(x, (c.hidden,), p[n + '.weight'], p[n + '.bias'], 1e-5)
    heads = lambda x: x.view(B, T, c.heads, c.hidden // c.heads).transpose(1, 2)
    x = p['embeddings.token.weight'][ids.long()] + p['embeddings.position.weight'][:T]
    mask = torch.zeros(B, 1, 1, T, dtype=x.dtype).masked_fill(
        attention_mask[:, None, None] == 0, -math.inf
    )
    states = [x]
    for i in range(c.layers):
        e = f'encoder.{i}.'
        y = norm(x, e + 'attention_norm')
        q, k, v = (heads(y @ p[f'{e}attention.{n}.weight'].T) for n in ('query', 'key', 'value'))
        y = (
            F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            .transpose(1, 2)
            .reshape(B, T, c.hidden)
        )
        x = x + y @ p[e + 'attention.output.weight'].T
        y = F.gelu(
            F.linear(
                norm(x, e + 'feed_forward_norm'),
                p[e + 'feed_forward.in.weight'],
                p[e + 'feed_forward.in.bias'],
            )
        )
        x = x + F.linear(y, p[e + 'feed_forward.out.weight'], p[e + 'feed_forward.out.bias'])
        states.append(x)
    x = norm(x, 'norm')
    if trace is not None:
        trace.update({f'hidden.{i}': s for i, s in enumerate(states)} | {'hidden.norm': x})
    return F.linear(x[labels != -100], p['decoder.weight'], p['decoder.bias'])


def train(p, c, steps, lr, warmup, total):
    """steps: a list of (ids, attention_mask, labels) for each logical step. Updates p."""
    p = {n: w.requires_grad_() for n, w in p.items()}
    decay, plain = [w for w in p.values() if w.dim() > 1], [w for w in p.values() if w.dim() == 1]
    optimizer = torch.optim.AdamW(
        [dict(params=decay, weight_decay=0.01), dict(params=plain, weight_decay=0.0)],
        lr=lr,
        betas=(0.9, 0.999),
        eps=1e-8,
        foreach=False,
    )
    rows = []
    for s, micro in enumerate(steps):
        rate = lr * min((s + 1) / warmup, (total - s) / (total - warmup))
        masked = [int((labels != -100).sum()) for _, _, labels in micro]
        loss = 0.0
        optimizer.zero_grad()
        for ids, attention_mask, labels in micro:
            logits = bert_logits(p, c, ids, attention_mask, labels)
            part = F.cross_entropy(logits, labels[labels != -100].long(), reduction='sum') / sum(
                masked
            )
            part.backward()
            loss += part.item()
        norm = math.sqrt(sum(w.grad.double().square().sum().item() for w in p.values()))
        torch_norm = torch.nn.utils.clip_grad_norm_(list(p.values()), 1.0).item()
        for group in optimizer.param_groups:
            group['lr'] = rate
        optimizer.step()
        rows.append(
            dict(
                step=s,
                lr=rate,
                masked=masked,
                loss=loss,
                grad_norm=norm,
                torch_norm=torch_norm,
                clipped=torch_norm > 1,
            )
        )
    return rows


def make_bert(out, seed):
    g = Group('bert', seed)
    c = Config(2, 32, 2, 64, 97, 16)
    if g.vary:
        c = Config(3, 12 * int(g.rng.integers(2, 5)), 3, *g.dims(60, 83, 18))
    B, steps, accumulation = 4 + g.vary, 8, 3

    def batch(rate):
        ids, mask = g.ints(5, c.vocab, B, c.sequence), torch.ones(B, c.sequence, dtype=torch.int32)
        for b, length in zip((1, 3), g.rng.integers(c.sequence // 2, c.sequence, 2)):
            ids[b, length:], mask[b, length:] = 0, 0
        chosen = (torch.from_numpy(g.rng.random(ids.shape)) < rate) & (mask == 1)
        chosen[0, 2] = True
        labels = torch.where(chosen, ids, -100)
        return (
            torch.where(chosen & (torch.from_numpy(g.rng.random(ids.shape)) < 0.8), 4, ids),
            mask,
            labels,
        )

    while True:  # until some steps clip and some do not
        initial = {
            n: g.normal(*s, scale=0.08 if len(s) == 2 else 0.1)
            + (len(s) == 1 and n.endswith('norm.weight'))
            for n, s in parameter_shapes(c).items()
        }
        rates = [[0.8, 0.4, 0.6], [0.03, 0.1, 0.02]] * (
            steps // 2
        )  # many tokens: small norm; few: large
        batches = [[batch(r) for r in row] for row in rates]
        final = {n: w.clone() for n, w in initial.items()}
        rows = train(final, c, batches, 0.03, 3, 10)
        if 2 <= sum(r['clipped'] for r in rows) <= steps - 2:
            break
    states, p = {}, {n: w.clone().requires_grad_() for n, w in initial.items()}
    ids, mask, labels = batch(0.3)
    logits = bert_logits(p, c, ids, mask, labels, states)
    loss = F.cross_entropy(logits, labels[labels != -100].long())
    loss.backward()
    for n, w in initial.items():
        g.put(n, w), g.put('grad.' + n, p[n].grad), g.put('final.' + n, final[n])
    for n, t in dict(
        ids=ids, attention_mask=mask, labels=labels, logits=logits, loss=loss, **states
    ).items():
        g.put(n, t)
    for i, n in enumerate(('ids', 'attention_mask', 'labels')):
        g.put('trace.' + n, torch.stack([torch.stack([m[i] for m in row]) for row in batches]))
    g.save(
        out,
        config=c._asdict(),
        layer_norm_eps=1e-5,
        parameters=list(initial),
        loss=loss.item(),
        training=dict(
            lr=0.03,
            warmup=3,
            total=10,
            clip=1.0,
            betas=[0.9, 0.999],
            eps=1e-8,
            weight_decay=0.01,
            accumulation=accumulation,
            steps=rows,
        ),
    )
