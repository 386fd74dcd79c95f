"""Tensors and cases of one group of golden values, and how they are written."""

import collections
import json

import numpy as np
import torch
from safetensors.torch import save_file


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1, allow_nan=False) + '\n')


def write_tensors(path, tensors):
    save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, str(path))
    path.chmod(0o644)


class Group:
    """Tensors and cases of one group; save() writes NAME.safetensors and NAME.json."""

    def __init__(self, name, seed):
        self.name, self.seed, self.vary = name, seed, seed != 1
        self.rng = np.random.default_rng([seed, *name.encode()])
        self.tensors, self.cases, self.count = {}, [], collections.Counter()

    def dims(self, *base):
        """The given sizes for seed 1; up to 3 larger for other seeds. Sizes 0 and 1 are kept."""
        return [b + int(self.rng.integers(0, 4)) if self.vary and b > 1 else b for b in base]

    def normal(self, *shape, scale=1.0):
        return torch.from_numpy(np.asarray(self.rng.normal(0, scale, shape)))

    def positive(self, *shape):
        return self.normal(*shape).abs() + 0.1

    def ints(self, low, high, *shape):
        return torch.from_numpy(np.asarray(self.rng.integers(low, high, shape), np.int32))

    def put(self, name, value):
        assert name not in self.tensors, name
        self.tensors[name] = value
        return name

    def case(self, op, fn, inputs, attributes=None, constants=(), note=None):
        """Runs fn(**inputs) forward and, with random upstream gradients, backward."""
        name = f'{op}.{self.count[op]}'
        self.count[op] += 1
        leaves = {
            k: v.clone().requires_grad_(v.is_floating_point() and k not in constants)
            for k, v in inputs.items()
        }
        out = fn(**{k: v if v.is_floating_point() else v.long() for k, v in leaves.items()})
        out = out if isinstance(out, dict) else {'out': out}
        up = {k: self.normal(*v.shape) for k, v in out.items()}
        wanted = [k for k, v in leaves.items() if v.requires_grad]
        grads = torch.autograd.grad(
            list(out.values()), [leaves[k] for k in wanted], list(up.values())
        )
        self.cases.append(
            dict(
                name=name,
                op=op,
                attributes=attributes or {},
                note=note or '',
                inputs={k: self.put(f'{name}.{k}', v) for k, v in inputs.items()},
                outputs={k: self.put(f'{name}.{k}', v) for k, v in out.items()},
                upstream={k: self.put(f'{name}.upstream.{k}', v) for k, v in up.items()},
                gradients={k: self.put(f'{name}.grad.{k}', v) for k, v in zip(wanted, grads)},
            )
        )

    def save(self, out, **extra):
        write_tensors(out / f'{self.name}.safetensors', self.tensors)
        write_json(
            out / f'{self.name}.json', {**extra, 'cases': self.cases} if self.cases else extra
        )
