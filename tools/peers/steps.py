"""What every peer does alike: reads its task, times micro-batches and steps, prints what they took.

A task is the JSON file that tools/peers/model_task.h writes; Hairpin's own program reads the same
one. The rule of timing is Hairpin's, too (tools/peers/hairpin_model.cc): a step is all
micro-batches and the update, whole steps run unmeasured until the warm-up's time is over, at least
one, then measured until the measurement's time is over, at least two.
"""

import json
import statistics
import time


def read_task(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def whole_steps(task, seconds, least, micro_batch, update):
    """Times of at least `least` steps and their micro-batches, and the last loss."""
    micro_batches, steps, loss = [], [], None
    first = time.perf_counter()
    while len(steps) < least or time.perf_counter() - first < seconds:
        begin = time.perf_counter()
        for i in range(len(task['micro_batches'])):
            micro_begin = time.perf_counter()
            loss = micro_batch(i)
            micro_batches.append(time.perf_counter() - micro_begin)
        update()
        steps.append(time.perf_counter() - begin)
    return micro_batches, steps, loss


def run(task, micro_batch, update):
    """micro_batch(i) leaves gradients and returns the loss; update() uses them up."""
    whole_steps(task, task['warm_up_seconds'], 1, micro_batch, update)
    micro_batches, steps, loss = whole_steps(task, task['seconds'], 2, micro_batch, update)
    report(
        micro_batch=statistics.median(micro_batches),
        step=statistics.median(steps),
        loss=float(loss),
    )


def report(**values):
    print(json.dumps(values))
