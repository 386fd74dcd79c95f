#!/usr/bin/env python3
"""Bytes that a micro-batch of the flagship takes in PyTorch at its peak, beside parameters and
gradients.

usage: torch_activation_bytes.py

With everything kept, and with torch.utils.checkpoint around each encoder layer; 8 x 64 tokens, 72
masked positions, by the profiler's own account of memory. What docs/checkpointing.md holds beside
Hairpin's bytes.
"""

import json
import tempfile

import torch
import torch.nn.functional as F
from torch_model import MiniBert

ids = torch.randint(5, 8192, (8, 64))
rows = 7 * torch.arange(72)


def peak_bytes(checkpointing):
    model = MiniBert(3, 192, 4, 768, 64, 8192, checkpointing)

    def micro_batch():
        F.cross_entropy(model(ids, None, rows), ids.flatten()[rows]).backward()

    micro_batch()  # from here on gradients are there and added to
    with tempfile.NamedTemporaryFile(suffix='.json') as file:
        with torch.profiler.profile(profile_memory=True) as profile:
            micro_batch()
        profile.export_chrome_trace(file.name)
        with open(file.name, encoding='utf-8') as trace:
            events = [e for e in json.load(trace)['traceEvents'] if e['name'] == '[memory]']
    live = most = 0
    for event in sorted(events, key=lambda e: e['ts']):
        live += event['args']['Bytes']
        most = max(most, live)
    return most


for name, checkpointing in (('everything kept', False), ('checkpoint per layer', True)):
    print(f'{name:22}{peak_bytes(checkpointing) / 2**20:6.2f} MB')
