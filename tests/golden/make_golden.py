#!/usr/bin/env python3
"""Writes the golden values: what PyTorch, transformers, tokenizers and scikit-learn compute.

usage: make_golden.py [--seed N] [--out DIR] [--what GROUPS] [--corpora DIR]

Seed 1 gives the values of this folder. Any other seed gives other values, other shapes and, for the
tokenizer, random lines instead of torture.txt. The README beside this file states every convention.
--corpora is a folder with wikitext2.valid.txt; the tokenizer's lines need it.
"""

import argparse
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / 'make'))

import flagship
import hugging_face
import images
import metrics
import mini_bert
import more_optimizers
import operations
import optimizers
import sequence
import tabular
import wordpiece


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--out', type=pathlib.Path, default=HERE / 'values')
    parser.add_argument(
        '--what',
        default='ops,images,sequence,bert,flagship,hf,optim,optim_more,metrics,tabular,tokenizer',
    )
    parser.add_argument('--corpora', type=pathlib.Path, default=pathlib.Path('.'))
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    makers = dict(
        ops=operations.make_ops,
        images=images.make_images,
        sequence=sequence.make_sequence,
        bert=mini_bert.make_bert,
        flagship=flagship.make_flagship,
        hf=hugging_face.make_hf,
        optim=optimizers.make_optim,
        optim_more=more_optimizers.make_optim_more,
        metrics=metrics.make_metrics,
        tabular=tabular.make_tabular,
        tokenizer=lambda out, seed: wordpiece.make_tokenizer(out, seed, args.corpora),
    )
    for what in args.what.split(','):
        makers[what](args.out.resolve(), args.seed)
        print(what, flush=True)


if __name__ == '__main__':
    main()
