"""hf_bert/, hf_bert_classifier/, hf_gpt2/: tiny models of transformers, what they save, compute."""

import torch

from group import Group, write_json, write_tensors

NORMS = ('LayerNorm.weight', 'ln_1.weight', 'ln_2.weight', 'ln_f.weight')
IGNORED = -100


def make_models(hf, g):
    """The three models by folder, all of one size."""
    hidden = 8 * int(g.rng.integers(2, 6)) if g.vary else 32
    layers = 3 if g.vary else 2
    vocab, positions, intermediate = g.dims(700, 48, 56) if g.vary else (1000, 64, 64)

    def bert(labels):
        return hf.BertConfig(
            vocab_size=vocab,
            hidden_size=hidden,
            num_hidden_layers=layers,
            num_attention_heads=2,
            intermediate_size=intermediate,
            max_position_embeddings=positions,
            type_vocab_size=2,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            num_labels=labels,
        )

    gpt2 = hf.GPT2Config(
        vocab_size=vocab,
        n_embd=hidden,
        n_layer=layers,
        n_head=2,
        n_positions=positions,
        n_ctx=positions,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
    )
    return dict(
        hf_bert=hf.BertForMaskedLM(bert(2)),
        hf_bert_classifier=hf.BertForSequenceClassification(bert(3)),
        hf_gpt2=hf.GPT2LMHeadModel(gpt2),
    )


@torch.no_grad()
def fill(model, g):
    """Weights of deviation 0.1, so that no part of the model is too quiet to be seen."""
    for name, weight in model.named_parameters():
        weight.copy_(g.normal(*weight.shape, scale=0.1) + float(name.endswith(NORMS)))


def draw_batch(g, name, vocab):
    """The model's inputs and its labels. Sequence 1 ends in four keys that are not seen."""
    B, T = g.dims(3, 12)
    ids = g.ints(1, vocab, B, T)
    mask = torch.ones(B, T, dtype=torch.int32)
    mask[1, -4:] = 0
    chosen = torch.from_numpy(g.rng.random((B, T))) < 0.4
    inputs = dict(input_ids=ids, attention_mask=mask)
    if name == 'hf_gpt2':
        return inputs, ids.masked_fill(mask == 0, IGNORED)
    types = torch.zeros(B, T, dtype=torch.int32)
    types[:, T // 2 :] = 1
    inputs['token_type_ids'] = types
    if name == 'hf_bert_classifier':
        return inputs, g.ints(0, 3, B)
    return inputs, ids.masked_fill(~chosen | (mask == 0), IGNORED)


def write_expected(folder, model, inputs, labels):
    """What the saved float32 weights give when computed with in float64."""
    model.double()
    wide = {key: value.long() for key, value in inputs.items()}
    result = model(**wide, labels=labels.long(), output_hidden_states=True)
    result.loss.backward()
    tensors = dict(
        **inputs,
        labels=labels,
        logits=result.logits,
        loss=result.loss,
        last_hidden_state=result.hidden_states[-1],
    )
    for name, weight in model.named_parameters():
        tensors['grad.' + name] = weight.grad
    write_tensors(folder / 'expected.safetensors', tensors)
    write_json(
        folder / 'expected.json',
        dict(
            model=type(model).__name__,
            loss=result.loss.item(),
            shapes={name: list(tensor.shape) for name, tensor in tensors.items()},
        ),
    )


def make_hf(out, seed):
    import transformers as hf

    hf.logging.set_verbosity_error()
    g = Group('hf', seed)
    for name, model in make_models(hf, g).items():
        model.eval()
        fill(model, g)
        model.save_pretrained(out / name)
        (out / name / 'model.safetensors').chmod(0o644)
        inputs, labels = draw_batch(g, name, model.config.vocab_size)
        write_expected(out / name, model, inputs, labels)
