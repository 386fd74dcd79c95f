#!/usr/bin/env python3
"""Mini-BERT in PyTorch, as a user of it writes it: times a micro-batch and a step.

usage: torch_model.py TASK [--attention_mask] [--compile]

--attention_mask   attention gets a mask, of zeros, though nothing is padded: another of its
                   kernels runs
--compile          the model goes through torch.compile, which takes a C++ compiler and up to a
                   minute

Sizes, ids, masked positions, threads, whether the head is computed for all positions and whether
layers are checkpointed stand in TASK (tools/peers/model_task.h).
"""

import argparse

import steps

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


class EncoderLayer(nn.Module):
    def __init__(self, hidden, heads, intermediate):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(hidden)
        self.query_key_value = nn.Linear(hidden, 3 * hidden, bias=False)
        self.output = nn.Linear(hidden, hidden, bias=False)
        self.feed_forward_norm = nn.LayerNorm(hidden)
        self.feed_forward_in = nn.Linear(hidden, intermediate)
        self.feed_forward_out = nn.Linear(intermediate, hidden)

    def forward(self, x, mask):
        B, T, C = x.shape
        projected = self.query_key_value(self.attention_norm(x))
        split = projected.view(B, T, 3, self.heads, C // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = x + self.output(y.transpose(1, 2).reshape(B, T, C))
        y = self.feed_forward_in(self.feed_forward_norm(x))
        return x + self.feed_forward_out(F.gelu(y))


class MiniBert(nn.Module):
    def __init__(self, layers, hidden, heads, intermediate, sequence, vocabulary, checkpointing):
        super().__init__()
        self.checkpointing = checkpointing
        self.token = nn.Embedding(vocabulary, hidden)
        self.position = nn.Embedding(sequence, hidden)
        self.encoder = nn.ModuleList(
            EncoderLayer(hidden, heads, intermediate) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(hidden)
        self.decoder = nn.Linear(hidden, vocabulary)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, mask, rows):
        """Logits [M, V] of the rows b T + t, of all where `rows` is None."""
        x = self.token(ids) + self.position.weight[: ids.shape[1]]
        for layer in self.encoder:
            if self.checkpointing:
                x = checkpoint(layer, x, mask, use_reentrant=False)
            else:
                x = layer(x, mask)
        x = x.flatten(0, 1)
        return self.decoder(self.norm(x if rows is None else x[rows]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('task')
    parser.add_argument('--attention_mask', action='store_true')
    parser.add_argument('--compile', action='store_true')
    arguments = parser.parse_args()
    task = steps.read_task(arguments.task)
    torch.set_num_threads(task['threads'])
    torch.manual_seed(0)

    model = MiniBert(**task['model'], checkpointing=task['checkpointing'])
    # As Hairpin does: decay for matrices alone. In one kernel, which is several times as fast on a
    # CPU as the loop over parameters that is the default, and does the same.
    optimizer = torch.optim.AdamW(
        [
            {'params': [p for p in model.parameters() if p.dim() > 1], 'weight_decay': 0.01},
            {'params': [p for p in model.parameters() if p.dim() == 1], 'weight_decay': 0},
        ],
        lr=1e-4,
        fused=True,
    )
    forward = torch.compile(model) if arguments.compile else model
    B, T = task['batch'], task['model']['sequence']
    mask = torch.zeros(B, 1, 1, T) if arguments.attention_mask else None
    batches = [
        (
            torch.tensor(batch['ids']).view(B, T),
            torch.tensor(batch['rows']) if task['head'] == 'masked' else None,
            torch.tensor(batch['labels']),
        )
        for batch in task['micro_batches']
    ]

    def micro_batch(i):
        ids, rows, labels = batches[i]
        loss = F.cross_entropy(forward(ids, mask, rows), labels)
        (loss / len(batches)).backward()
        return loss.detach()

    def update():
        if task['optimizer']:
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    steps.run(task, micro_batch, update)


if __name__ == '__main__':
    main()
