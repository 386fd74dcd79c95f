"""The zoo's models in PyTorch, as its users write them: the same sizes as in Hairpin's models/.

`flags` are the settings of Hairpin's program, by name, as it would be given them.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def perceptron(features, hidden, outputs):
    """Without hidden layers: linear or logistic regression."""
    layers = []
    for width in hidden:
        layers += [nn.Linear(features, width), nn.ReLU()]
        features = width
    return nn.Sequential(*layers, nn.Linear(features, outputs))


def lenet(dropout):
    def block(channels, filters, kernel):
        return (
            nn.Conv2d(channels, filters, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )

    return nn.Sequential(
        *block(1, 16, 5),
        *block(16, 32, 3),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 128, bias=False),
        nn.BatchNorm1d(128),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, 10),
    )


class Layer(nn.Module):
    """A layer of a transformer, pre-norm; its three projections are one product."""

    def __init__(self, hidden, heads, intermediate, dropout, causal=False, bias=True):
        super().__init__()
        self.heads, self.dropout, self.causal = heads, dropout, causal
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(hidden), nn.LayerNorm(hidden)
        self.query_key_value = nn.Linear(hidden, 3 * hidden, bias=False)
        self.output = nn.Linear(hidden, hidden, bias=False)
        self.feed_forward_in = nn.Linear(hidden, intermediate, bias=bias)
        self.feed_forward_out = nn.Linear(intermediate, hidden, bias=bias)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        B, T, C = x.shape
        projected = self.query_key_value(self.attention_norm(x))
        split = projected.view(B, T, 3, self.heads, C // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(
            query, key, value, mask, self.dropout if self.training else 0.0, is_causal=self.causal
        )
        x = x + self.drop(self.output(y.transpose(1, 2).reshape(B, T, C)))
        y = self.feed_forward_out(F.gelu(self.feed_forward_in(self.feed_forward_norm(x))))
        return x + self.drop(y)


def layers(number, *sizes, **options):
    """A stack of layers; what adds to the stream begins smaller."""
    stack = nn.Sequential(*(Layer(*sizes, **options) for _ in range(number)))
    with torch.no_grad():
        for layer in stack:
            layer.output.weight /= math.sqrt(2 * number)
            layer.feed_forward_out.weight /= math.sqrt(2 * number)
    return stack


def embedding(rows, channels):
    table = nn.Embedding(rows, channels)
    nn.init.normal_(table.weight, std=0.02)
    return table


class Vit(nn.Module):
    """Images of 28 x 28 as 49 patches of 4 x 4; the mean over them tells the class."""

    def __init__(self, dropout):
        super().__init__()
        self.patch, self.position = nn.Linear(16, 64), embedding(49, 64)
        self.drop = nn.Dropout(dropout)
        self.layers = layers(4, 64, 4, 128, dropout)
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, 10)

    def forward(self, images):
        B = len(images)
        patches = images.view(B, 1, 7, 4, 7, 4).permute(0, 2, 4, 1, 3, 5).reshape(B, 49, 16)
        x = self.layers(self.drop(self.patch(patches) + self.position.weight))
        return self.head(self.norm(x).mean(1))


class Vae(nn.Module):
    def __init__(self, hidden, latent, features=28 * 28):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(features, hidden), nn.Linear(latent, hidden)
        self.mean, self.log_variance = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.out = nn.Linear(hidden, features)

    def negative_elbo(self, x):
        """Of all images together, in nats."""
        h = F.relu(self.encoder(x))
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        logits = self.out(F.relu(self.decoder(z)))
        kl = (log_variance.exp() + mean * mean - 1 - log_variance).sum() / 2
        return F.binary_cross_entropy_with_logits(logits, x, reduction='sum') + kl


class Transformer(nn.Module):
    def __init__(
        self, vocabulary, sequence, number, hidden, heads, intermediate, dropout, **options
    ):
        super().__init__()
        self.token, self.position = embedding(vocabulary, hidden), embedding(sequence, hidden)
        self.drop = nn.Dropout(dropout)
        self.layers = layers(number, hidden, heads, intermediate, dropout, **options)
        self.norm = nn.LayerNorm(hidden)

    def states(self, ids, mask=None):
        x = self.drop(self.token(ids) + self.position.weight[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x)


class Gpt(Transformer):
    def __init__(self, *sizes):
        super().__init__(*sizes, causal=True, bias=False)

    def forward(self, ids):
        return F.linear(self.states(ids), self.token.weight)


class Encoder(Transformer):
    """Mini-BERT's encoder, and the mean of its last states over what is no padding."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids):
        visible = ids != 0
        weights = visible / visible.sum(1, keepdim=True)
        return (weights[:, None] @ self.states(ids, visible[:, None, None])).squeeze(1)


class Recurrent(nn.Module):
    def __init__(self, cell, vocabulary, embedding_width, hidden, number, dropout):
        super().__init__()
        self.token = nn.Embedding(vocabulary, embedding_width)
        kind = nn.LSTM if cell == 'lstm' else nn.GRU
        self.layers = kind(
            embedding_width,
            hidden,
            number,
            batch_first=True,
            dropout=dropout if number > 1 else 0.0,
        )
        self.drop, self.head = nn.Dropout(dropout), nn.Linear(hidden, vocabulary)

    def forward(self, ids):
        return self.head(self.drop(self.layers(self.drop(self.token(ids)))[0]))
