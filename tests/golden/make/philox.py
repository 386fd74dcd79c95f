"""Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) and what
Hairpin draws with it, as tensor/philox.h, Recording::NextDrawKey and ops/dropout.h say."""

import numpy as np
import torch

DROPOUT_STREAM = 4
LOW = np.uint64(0xFFFFFFFF)


def philox(key, counters):
    """The four words of each row of counters [n, 4] under a key of two words."""
    c = np.asarray(counters, np.uint64)
    for round in range(10):
        k0, k1 = (
            np.uint64((word + round * weyl) & 0xFFFFFFFF)
            for word, weyl in zip(key, (0x9E3779B9, 0xBB67AE85))
        )
        a, b = np.uint64(0xD2511F53) * c[:, 0], np.uint64(0xCD9E8D57) * c[:, 2]
        half = np.uint64(32)
        c = np.stack([(b >> half) ^ c[:, 1] ^ k0, b & LOW, (a >> half) ^ c[:, 3] ^ k1, a & LOW], 1)
    return c


def first_draw_key(seed=0):
    """The key of the first draw of a recording at step 0 and micro-batch 0."""
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for counter in ([DROPOUT_STREAM, 0, 0, 0], [0, 0, 0, 0]):
        key = [int(word) for word in philox(key, [counter])[0, :2]]
    return key


def keep(elements, p):
    """Which elements, by their numbers, the first draw with probability p of dropping keeps."""
    numbers = np.asarray(elements, np.uint64)
    blocks = numbers.ravel() // np.uint64(4)
    zeros = np.zeros_like(blocks)
    words = philox(
        first_draw_key(), np.stack([blocks & LOW, blocks >> np.uint64(32), zeros, zeros], 1)
    )
    word = words[np.arange(blocks.size), (numbers.ravel() % np.uint64(4)).astype(int)]
    uniform = (word >> np.uint64(8)).astype(np.float64) * 2.0**-24
    return torch.from_numpy((uniform >= p).reshape(numbers.shape))
