"""optim_more.*: Lion, Muon, moving averages of weights, and schedules that optim.* has not."""

import torch

from group import Group


def run(optimizers, p, grads, steps):
    """Each parameter after each step."""
    seen = {n: [] for n in p}
    for s in range(steps):
        for n, w in p.items():
            w.grad = grads[n][s].clone()
        for optimizer in optimizers:
            optimizer.step()
        for n, w in p.items():
            seen[n].append(w.detach().clone())
    return {n: torch.stack(v) for n, v in seen.items()}


def make_lion(p, options, lr):
    from lion_pytorch import Lion

    return [Lion(p.values(), lr=lr, **options)]


def make_muon(p, options, lr):
    """Matrices by Muon, all else by AdamW, as its documentation says."""
    matrices = [w for w in p.values() if w.ndim == 2]
    rest = [w for w in p.values() if w.ndim != 2]
    muon = torch.optim.Muon(matrices, lr=lr, **options)
    return [muon, torch.optim.AdamW(rest, lr=lr, weight_decay=options['weight_decay'])]


def rates(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule, seen = make(optimizer), []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]['lr'])
        optimizer.step(), schedule.step()
    return seen


def make_schedules(g):
    import transformers as hf
    from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, OneCycleLR

    w, total, d = g.dims(10, 100, 25)
    hard = hf.get_cosine_with_hard_restarts_schedule_with_warmup
    entries = []

    def add(kind, options, make, first=0, steps=total):
        factors = rates(make, steps)
        entries.append(dict(schedule=kind, options=options, first=first, factors=factors))

    for cycles in (1, 3):
        add(
            'cosine_with_restarts',
            dict(warmup_steps=w, total_steps=total, cycles=cycles),
            lambda o: hard(o, w, total, cycles),
            first=w,
        )
    add(
        'cosine_with_restarts',
        dict(warmup_steps=0, total_steps=10 * 7, cycles=3, cycle_growth=2, end_factor=0.1),
        lambda o: CosineAnnealingWarmRestarts(o, 10, 2, eta_min=0.1),
        steps=10 * 7,
    )
    add(
        'one_cycle',
        dict(warmup_steps=w, total_steps=total, div_factor=20, final_div_factor=500),
        lambda o: OneCycleLR(
            o, 1.0, total, pct_start=w / total, cycle_momentum=False, div_factor=20,
            final_div_factor=500,
        ),
    )
    for shape in ('linear', 'cosine', '1-sqrt'):
        add(
            'warmup_stable_decay',
            dict(
                warmup_steps=w,
                total_steps=total,
                decay_steps=d,
                decay_shape=shape,
                end_factor=0.1,
            ),
            lambda o: hf.get_wsd_schedule(
                o, w, d, num_training_steps=total, decay_type=shape, min_lr_ratio=0.1
            ),
            first=w,
        )
    add(
        'cosine',
        dict(warmup_steps=w, total_steps=total, end_factor=0.2),
        lambda o: hf.get_cosine_with_min_lr_schedule_with_warmup(o, w, total, min_lr_rate=0.2),
        first=w,
    )
    return entries


def make_averages(g, after):
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    entries = []
    for decay in (0.9, 0.5):
        module = torch.nn.Linear(1, 1).double()
        module.weight = torch.nn.Parameter(after[0].clone())
        average = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(decay))
        seen = []
        for value in after:
            with torch.no_grad():
                module.weight.copy_(value)
            average.update_parameters(module)
            seen.append(average.module.weight.detach().clone())
        name = g.put(f'average.{decay}', torch.stack(seen))
        entries.append(dict(decay=decay, weights=None, average=name))
    return entries


def make_optim_more(out, seed):
    g = Group('optim_more', seed)
    steps = 20
    shapes = dict(wide=tuple(g.dims(5, 7)), tall=tuple(g.dims(9, 4)), bias=tuple(g.dims(7)))
    start = {n: g.normal(*s) for n, s in shapes.items()}
    grads = {n: g.normal(steps, *s) for n, s in shapes.items()}
    for n in shapes:
        grads[n][3] = 0
        g.put('start.' + n, start[n]), g.put('gradients.' + n, grads[n])
    runs = [
        ('lion', make_lion, 0.01, dict(betas=(0.9, 0.99), weight_decay=0.0)),
        ('lion', make_lion, 0.02, dict(betas=(0.95, 0.98), weight_decay=0.1)),
        ('muon', make_muon, 0.02, dict(weight_decay=0.1)),
        ('muon', make_muon, 0.02, dict(weight_decay=0.0, momentum=0.8, nesterov=False, ns_steps=3)),
        ('muon', make_muon, 0.02, dict(weight_decay=0.1, adjust_lr_fn='match_rms_adamw')),
    ]
    # Muon rounds to bfloat16 before its products; here its own code runs in float64.
    rounding, torch.Tensor.bfloat16 = torch.Tensor.bfloat16, torch.Tensor.clone
    entries = []
    for i, (kind, make, lr, options) in enumerate(runs):
        p = {n: w.clone().requires_grad_() for n, w in start.items()}
        after = run(make(p, options, lr), p, grads, steps)
        entries.append(
            dict(
                name=f'{kind}.{i}',
                optimizer=kind,
                lr=lr,
                options=options,
                after={n: g.put(f'{kind}.{i}.{n}', v) for n, v in after.items()},
            )
        )
    torch.Tensor.bfloat16 = rounding
    averages = make_averages(g, g.tensors['lion.0.wide'])
    for entry in averages:
        entry['weights'] = 'lion.0.wide'
    g.save(out, optimizers=entries, averages=averages, schedules=make_schedules(g))
