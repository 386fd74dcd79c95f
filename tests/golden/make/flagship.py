"""flagship.json: Mini-BERT at full size, with weights and batches from a formula."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from group import write_json
from mini_bert import Config, bert_logits, parameter_shapes, train


def lcg(start, count):
    """x[0] = f(start), x[n+1] = f(x[n]), f(x) = (1664525 x + 1013904223) mod 2^32; by doubling."""
    a, c, filled = 1664525, 1013904223, 1
    x = np.empty(count, np.uint32)
    x[0] = (start * a + c) % 2**32
    while filled < count:
        more = min(filled, count - filled)
        x[filled : filled + more] = x[:more] * np.uint32(a) + np.uint32(c)
        a, c, filled = a * a % 2**32, (a * c + c) % 2**32, filled + more
    return x


def flagship_parameters(c, start):
    scale, p = 0.02 * math.sqrt(3), {}
    for i, (n, s) in enumerate(parameter_shapes(c).items()):
        if len(s) == 2:
            p[n] = torch.from_numpy(
                scale * (2 * (lcg(start + i, s[0] * s[1]) / 2.0**32) - 1)
            ).view(s)
        else:
            p[n] = torch.full(s, float(n.endswith('norm.weight')), dtype=torch.float64)
    return p


def flagship_batch(c, start, B=8):
    """Draws of one sequence: T for ids, 1 for the count, T each for choice, action, random id."""
    T = c.sequence
    draws = lcg(start, B * (4 * T + 1)).reshape(B, 4 * T + 1).astype(np.uint64)
    below = lambda x, n: (x * np.uint64(n)) >> np.uint64(32)  # 0 .. n-1
    x, count, choice, action, other = np.split(draws, [T, T + 1, 2 * T + 1, 3 * T + 1], axis=1)
    skewed = (((x * x) >> np.uint64(32)) * x) >> np.uint64(32)  # low ids are common
    original = 5 + below(skewed, c.vocab - 5).astype(np.int64)
    ids, labels = original.copy(), np.full_like(original, -100)
    for b in range(B):
        chosen = np.argsort(choice[b], kind='stable')[: 4 + int(below(count[b, 0], 13))]
        for t in chosen:
            labels[b, t] = original[b, t]
            if action[b, t] < 3435973836:  # 0.8 * 2^32: [MASK]
                ids[b, t] = 4
            elif action[b, t] < 3865470566:  # 0.9 * 2^32: a random id
                ids[b, t] = 5 + int(below(other[b, t], c.vocab - 5))
    return torch.from_numpy(ids), torch.ones(B, T, dtype=torch.int32), torch.from_numpy(labels)


def make_flagship(out, seed):
    c = Config(3, 192, 4, 768, 8192, 64)
    parameter_start, batch_start, accumulation = seed % 2**32, seed * 1000003 % 2**32, 4
    exact = flagship_parameters(c, parameter_start)
    total = sum(w.numel() for w in exact.values())
    assert total == 4498880, total
    batches = [flagship_batch(c, batch_start + m) for m in range(20 * accumulation)]
    ids, mask, labels = batches[0]
    result = dict(
        config=c._asdict(),
        parameters=total,
        micro_batch=8,
        parameter_lcg_start=parameter_start,
        batch_lcg_start=batch_start,
        check=dict(
            first_values={n: w.flatten()[:3].tolist() for n, w in exact.items()},
            sums={n: w.sum().item() for n, w in exact.items()},
            ids_of_sequence_0=ids[0].tolist(),
            labels_of_sequence_0=labels[0].tolist(),
            id_sums=[int(b[0].sum()) for b in batches],
            masked=[int((b[2] != -100).sum()) for b in batches],
        ),
        training=dict(
            lr=1e-3,
            warmup=5,
            total=100,
            clip=1.0,
            betas=[0.9, 0.999],
            eps=1e-8,
            weight_decay=0.01,
            accumulation=accumulation,
        ),
    )
    for name, dtype in (('float64', torch.float64), ('float32', torch.float32)):
        p = {n: w.to(dtype, copy=True).requires_grad_() for n, w in exact.items()}
        logits, target = bert_logits(p, c, ids, mask, labels), labels[labels != -100]
        loss = F.cross_entropy(logits, target)
        loss.backward()
        norms = {
            n: w.grad.double().norm().item() for n, w in p.items()
        }  # summed in float64 in both
        result[name] = dict(
            loss=loss.item(),
            correct=int((logits.argmax(-1) == target).sum()),
            masked=len(target),
            accuracy=(logits.argmax(-1) == target).double().mean().item(),
            first_logits=logits[0, :8].tolist(),
            grad_norm=math.sqrt(sum(v * v for v in norms.values())),
            grad_norms=norms,
            torch_norm=torch.nn.utils.get_total_norm([w.grad for w in p.values()]).item(),
        )
        p = {n: w.to(dtype, copy=True) for n, w in exact.items()}
        steps = [batches[s * accumulation : (s + 1) * accumulation] for s in range(20)]
        result[name]['steps'] = train(p, c, steps, 1e-3, 5, 100)
        result[name]['final_norms'] = {n: w.detach().double().norm().item() for n, w in p.items()}
    write_json(out / 'flagship.json', result)
