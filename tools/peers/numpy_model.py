#!/usr/bin/env python3
"""Mini-BERT in NumPy with every gradient written out: times a micro-batch and a step, all logits.

usage: numpy_model.py TASK

TASK as tools/peers/model_task.h writes it. Products are those of NumPy's BLAS, with as many
threads as TASK says.
Letters: B batch, T tokens, C channels, H heads, F feed-forward, V vocabulary, N = B T rows.
"""

import os
import sys

import steps

TASK = steps.read_task(sys.argv[1])
for variable in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[variable] = str(TASK['threads'])  # read when NumPy is imported

import numpy as np

EPSILON = np.float32(1e-5)
GELU_SCALE = np.float32(np.sqrt(2 / np.pi))
GELU_CUBE = np.float32(0.044715)


def layer_norm(x, weight, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
    normal = centred * scale
    return normal * weight + bias, (normal, scale)


def layer_norm_backward(dy, weight, saved):
    """Gradients of x, weight and bias."""
    normal, scale = saved
    d = dy * weight
    along = (d * normal).mean(axis=-1, keepdims=True)
    dx = scale * (d - d.mean(axis=-1, keepdims=True) - normal * along)
    return dx, (dy * normal).sum(axis=0), dy.sum(axis=0)


def gelu(x):
    """The approximation by tanh: NumPy has no erf."""
    t = np.tanh(GELU_SCALE * (x + GELU_CUBE * x * x * x))
    return np.float32(0.5) * x * (1 + t), t


def gelu_backward(dy, x, t):
    slope = GELU_SCALE * (1 + 3 * GELU_CUBE * x * x)
    return dy * np.float32(0.5) * (1 + t + x * (1 - t * t) * slope)


class MiniBert:
    def __init__(self, layers, hidden, heads, intermediate, sequence, vocabulary):
        self.layers, self.heads, self.sequence = layers, heads, sequence
        self.scale = np.float32((hidden // heads) ** -0.5)
        random = np.random.default_rng(0)
        matrix = lambda *shape: random.normal(0, 0.02, shape).astype(np.float32)
        zeros = lambda size: np.zeros(size, np.float32)
        p = {'token': matrix(vocabulary, hidden), 'position': matrix(sequence, hidden)}
        for i in range(layers):
            p[f'{i}.qkv'], p[f'{i}.out'] = matrix(hidden, 3 * hidden), matrix(hidden, hidden)
            p[f'{i}.w1'], p[f'{i}.b1'] = matrix(hidden, intermediate), zeros(intermediate)
            p[f'{i}.w2'], p[f'{i}.b2'] = matrix(intermediate, hidden), zeros(hidden)
        for name in [f'{i}.{which}' for i in range(layers) for which in ('n1', 'n2')] + ['n']:
            p[name + '.weight'], p[name + '.bias'] = 1 + zeros(hidden), zeros(hidden)
        p['decoder'], p['decoder.bias'] = matrix(hidden, vocabulary), zeros(vocabulary)
        self.p, self.g = p, {}

    def add(self, name, gradient):
        if name in self.g:
            self.g[name] += gradient
        else:
            self.g[name] = gradient

    def norm(self, x, name):
        return layer_norm(x, self.p[name + '.weight'], self.p[name + '.bias'])

    def norm_backward(self, dy, name, saved):
        dx, weight, bias = layer_norm_backward(dy, self.p[name + '.weight'], saved)
        self.add(name + '.weight', weight)
        self.add(name + '.bias', bias)
        return dx

    def product_backward(self, dy, x, name):
        """Of y = x W: adds dW = x' dy and returns dx = dy W'."""
        self.add(name, x.T @ dy)
        return dy @ self.p[name].T

    def attention(self, x, name):
        """x [N, C]; queries, keys and values [B, H, T, D]."""
        C = x.shape[1]
        shape = (-1, self.sequence, 3, self.heads, C // self.heads)
        q, k, v = (x @ self.p[name]).reshape(shape).transpose(2, 0, 3, 1, 4)
        scores = q @ k.swapaxes(-1, -2) * self.scale
        scores -= scores.max(axis=-1, keepdims=True)
        weights = np.exp(scores)
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ v).swapaxes(1, 2).reshape(x.shape), (q, k, v, weights)

    def attention_backward(self, dy, x, name, saved):
        q, k, v, weights = saved
        B, H, T, D = q.shape
        dy = dy.reshape(B, T, H, D).swapaxes(1, 2)
        dv = weights.swapaxes(-1, -2) @ dy
        d = dy @ v.swapaxes(-1, -2)
        d = weights * (d - (d * weights).sum(axis=-1, keepdims=True)) * self.scale
        together = np.stack([d @ k, d.swapaxes(-1, -2) @ q, dv])
        together = together.transpose(1, 3, 0, 2, 4).reshape(len(x), -1)
        return self.product_backward(together, x, name)

    def layer(self, x, i):
        y1, norm1 = self.norm(x, f'{i}.n1')
        y2, attention = self.attention(y1, f'{i}.qkv')
        x = x + y2 @ self.p[f'{i}.out']
        y3, norm2 = self.norm(x, f'{i}.n2')
        y4 = y3 @ self.p[f'{i}.w1'] + self.p[f'{i}.b1']
        y5, t = gelu(y4)
        x = x + y5 @ self.p[f'{i}.w2'] + self.p[f'{i}.b2']
        return x, (y1, norm1, y2, attention, y3, norm2, y4, y5, t)

    def layer_backward(self, dx, i, saved):
        y1, norm1, y2, attention, y3, norm2, y4, y5, t = saved
        self.add(f'{i}.b2', dx.sum(axis=0))
        d = gelu_backward(self.product_backward(dx, y5, f'{i}.w2'), y4, t)
        self.add(f'{i}.b1', d.sum(axis=0))
        dx = dx + self.norm_backward(self.product_backward(d, y3, f'{i}.w1'), f'{i}.n2', norm2)
        d = self.product_backward(dx, y2, f'{i}.out')
        d = self.attention_backward(d, y1, f'{i}.qkv', attention)
        return dx + self.norm_backward(d, f'{i}.n1', norm1)

    def micro_batch(self, ids, labels, share):
        """Adds `share` of the gradient of the mean loss over all positions; returns that loss."""
        p, N = self.p, ids.size
        x = (p['token'][ids] + p['position']).reshape(N, -1)
        saved = []
        for i in range(self.layers):
            x, of_layer = self.layer(x, i)
            saved.append(of_layer)
        y, norm = self.norm(x, 'n')
        logits = y @ p['decoder'] + p['decoder.bias']
        logits -= logits.max(axis=-1, keepdims=True)
        of_labels = logits[np.arange(N), labels]
        d = np.exp(logits)
        sums = d.sum(axis=-1, keepdims=True)
        loss = (np.log(sums[:, 0]) - of_labels).mean()
        d /= sums
        d[np.arange(N), labels] -= 1
        d *= np.float32(share / N)
        self.add('decoder.bias', d.sum(axis=0))
        dx = self.norm_backward(self.product_backward(d, y, 'decoder'), 'n', norm)
        for i in reversed(range(self.layers)):
            dx = self.layer_backward(dx, i, saved.pop())
        self.add('position', dx.reshape(len(ids), self.sequence, -1).sum(axis=0))
        token = np.zeros_like(p['token'])
        np.add.at(token, ids.reshape(-1), dx)
        self.add('token', token)
        return loss


class AdamW:
    def __init__(self, parameters):
        self.step_count = 0
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}

    def step(self, parameters, gradients, rate=np.float32(1e-4), clip_norm=1.0):
        self.step_count += 1
        norm = np.sqrt(sum(float(np.vdot(g, g)) for g in gradients.values()))
        factor = np.float32(min(1.0, clip_norm / (norm + 1e-6)))
        mean_scale = np.float32(1 / (1 - 0.9**self.step_count))
        square_scale = np.float32(1 / (1 - 0.999**self.step_count))
        for name, value in parameters.items():
            gradient = gradients[name] * factor
            mean, square = self.mean[name], self.square[name]
            mean += np.float32(0.1) * (gradient - mean)
            square += np.float32(0.001) * (gradient * gradient - square)
            if value.ndim > 1:
                value *= 1 - rate * np.float32(0.01)
            value -= rate * mean_scale * mean / (np.sqrt(square * square_scale) + np.float32(1e-8))


def main():
    model = MiniBert(**TASK['model'])
    optimizer = AdamW(model.p)
    shape = (TASK['batch'], TASK['model']['sequence'])
    batches = [
        (np.array(batch['ids']).reshape(shape), np.array(batch['labels']))
        for batch in TASK['micro_batches']
    ]

    def update():
        if TASK['optimizer']:
            optimizer.step(model.p, model.g)
        model.g.clear()

    steps.run(TASK, lambda i: model.micro_batch(*batches[i], 1 / len(batches)), update)


if __name__ == '__main__':
    main()
