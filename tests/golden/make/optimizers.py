"""optim.json, optim.safetensors: optimizers and clipping by PyTorch, schedules by transformers."""

import math

import torch

from group import Group


def make_optim(out, seed):
    import transformers as hf

    g = Group('optim', seed)
    steps, shapes = 20, dict(weight=tuple(g.dims(5, 7)), bias=tuple(g.dims(7)))
    start = {n: g.normal(*s) for n, s in shapes.items()}
    grads = {
        n: g.normal(steps, *s)
        * torch.from_numpy(10.0 ** g.rng.uniform(-3, 1, (steps, *[1] * len(s))))
        for n, s in shapes.items()
    }
    for n in shapes:
        grads[n][3] = 0
        g.put('start.' + n, start[n]), g.put('gradients.' + n, grads[n])
    lr = 0.1 if not g.vary else round(float(g.rng.uniform(0.05, 0.2)), 4)
    runs = [
        ('sgd', {}),
        ('sgd', dict(momentum=0.9)),
        ('sgd', dict(momentum=0.9, nesterov=True)),
        ('sgd', dict(weight_decay=0.01)),
        ('sgd', dict(momentum=0.9, nesterov=True, weight_decay=0.01)),
        ('sgd', dict(momentum=0.9, dampening=0.5)),
        ('adam', {}),
        ('adam', dict(betas=(0.8, 0.95), eps=1e-6)),
        ('adam', dict(weight_decay=0.01)),
        ('adamw', dict(weight_decay=0.01)),
        ('adamw', dict(weight_decay=0.0)),
        ('adamw', dict(betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
        ('rmsprop', {}),
        ('rmsprop', dict(alpha=0.9, momentum=0.9)),
        ('rmsprop', dict(centered=True, weight_decay=0.01)),
        ('adagrad', {}),
        ('adagrad', dict(lr_decay=0.01, weight_decay=0.01, initial_accumulator_value=0.1)),
    ]
    classes = dict(
        sgd=torch.optim.SGD,
        adam=torch.optim.Adam,
        adamw=torch.optim.AdamW,
        rmsprop=torch.optim.RMSprop,
        adagrad=torch.optim.Adagrad,
    )
    optimizers, clips = [], []
    for i, (kind, options) in enumerate(runs):
        p, seen = {n: w.clone().requires_grad_() for n, w in start.items()}, {n: [] for n in start}
        optimizer = classes[kind](p.values(), lr=lr, foreach=False, **options)
        used = {
            k: v
            for k, v in optimizer.defaults.items()
            if isinstance(v, (int, float, tuple))
            and k
            not in (
                'foreach',
                'maximize',
                'capturable',
                'differentiable',
                'amsgrad',
                'decoupled_weight_decay',
            )
        }
        for s in range(steps):
            for n, w in p.items():
                w.grad = grads[n][s].clone()
            optimizer.step()
            for n, w in p.items():
                seen[n].append(w.detach().clone())
        optimizers.append(
            dict(
                name=f'{kind}.{i}',
                optimizer=kind,
                options=used,
                after={n: g.put(f'{kind}.{i}.{n}', torch.stack(v)) for n, v in seen.items()},
            )
        )
    w, t = g.dims(10, 100)
    wanted = [
        (
            'linear',
            hf.get_linear_schedule_with_warmup,
            dict(num_warmup_steps=w, num_training_steps=t),
        ),
        (
            'linear',
            hf.get_linear_schedule_with_warmup,
            dict(num_warmup_steps=0, num_training_steps=t),
        ),
        (
            'cosine',
            hf.get_cosine_schedule_with_warmup,
            dict(num_warmup_steps=w, num_training_steps=t, num_cycles=0.5),
        ),
        (
            'cosine',
            hf.get_cosine_schedule_with_warmup,
            dict(num_warmup_steps=w, num_training_steps=t, num_cycles=1.5),
        ),
        ('inverse_sqrt', hf.get_inverse_sqrt_schedule, dict(num_warmup_steps=w)),
        ('inverse_sqrt', hf.get_inverse_sqrt_schedule, dict(num_warmup_steps=w, timescale=3 * w)),
        ('constant', hf.get_constant_schedule_with_warmup, dict(num_warmup_steps=w)),
        ('constant', hf.get_constant_schedule_with_warmup, dict(num_warmup_steps=0)),
    ]
    schedules = []
    for kind, fn, options in wanted:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
        schedule, rates = fn(optimizer, **options), []
        for _ in range(121):
            rates.append(optimizer.param_groups[0]['lr'])
            optimizer.step(), schedule.step()
        schedules.append(dict(schedule=kind, options=options, base_lr=lr, lr=rates))
    for i, (kind, scale, special) in enumerate(
        [
            ('above', 3, None),
            ('below', 0.01, None),
            ('equal', 1, None),
            ('zero', 0, None),
            ('infinite', 1, math.inf),
            ('nan', 1, math.nan),
        ]
    ):
        grads = [g.normal(*g.dims(3, 4)) * scale, g.normal(*g.dims(5)) * scale]
        max_norm = torch.cat([x.flatten() for x in grads]).norm().item() if kind == 'equal' else 1.0
        if special is not None:
            grads[0][0, 1] = special
        params = [torch.zeros_like(x, requires_grad=True) for x in grads]
        for p, x in zip(params, grads):
            p.grad = x.clone()
        norm = torch.nn.utils.clip_grad_norm_(params, max_norm, foreach=False)
        clips.append(
            dict(
                kind=kind,
                max_norm=max_norm,
                before=[g.put(f'clip.{i}.before.{j}', x) for j, x in enumerate(grads)],
                after=[g.put(f'clip.{i}.after.{j}', p.grad) for j, p in enumerate(params)],
                norm=g.put(f'clip.{i}.norm', norm),
            )
        )
    g.save(out, optimizers=optimizers, schedules=schedules, clips=clips)
