"""A plain Llama: RMS norm, rotary positions, grouped-query attention, gated feed-forward."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    """Names as in the config files: d width, L layers, H query heads, KV heads, dh head size, ff feed-forward."""

    V: int
    d: int = 192
    L: int = 4
    H: int = 6
    KV: int = 2
    dh: int = 64
    ff: int = 384
    theta: float = 1e7
    eps: float = 1e-6
    bf16: bool = True


def rotation(positions, head_size, theta):
    """Cosines and sines, (..., head_size), for the half-split form of the rotation."""
    frequencies = theta ** (-torch.arange(0, head_size, 2, dtype=torch.float64) / head_size)
    angles = positions[..., None].double() * frequencies
    angles = torch.cat([angles, angles], -1)
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.n1 = nn.RMSNorm(c.d, c.eps)
        self.n2 = nn.RMSNorm(c.d, c.eps)
        self.q = nn.Linear(c.d, c.H * c.dh, bias=False)
        self.k = nn.Linear(c.d, c.KV * c.dh, bias=False)
        self.v = nn.Linear(c.d, c.KV * c.dh, bias=False)
        self.o = nn.Linear(c.H * c.dh, c.d, bias=False)
        self.g = nn.Linear(c.d, c.ff, bias=False)
        self.u = nn.Linear(c.d, c.ff, bias=False)
        self.dn = nn.Linear(c.ff, c.d, bias=False)
        for matrix in (self.q, self.k, self.v, self.g, self.u):
            nn.init.normal_(matrix.weight, std=c.d**-0.5)
        for matrix in (self.o, self.dn):  # a new layer changes nothing
            nn.init.zeros_(matrix.weight)

    def linear(self, matrix, x):
        if self.c.bf16:
            return F.linear(x.bfloat16(), matrix.weight.bfloat16()).float()
        return matrix(x)

    def attention(self, x, cos, sin):
        c, (batch, length, _) = self.c, x.shape
        h = self.n1(x)

        def heads(matrix, count):
            return self.linear(matrix, h).view(batch, length, count, c.dh).transpose(1, 2)

        q = rotate(heads(self.q, c.H), cos, sin)
        k = rotate(heads(self.k, c.KV), cos, sin).repeat_interleave(c.H // c.KV, 1)
        v = heads(self.v, c.KV).repeat_interleave(c.H // c.KV, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return x + self.linear(self.o, y.transpose(1, 2).reshape(batch, length, c.H * c.dh))

    def feed_forward(self, x):
        h = self.n2(x)
        return x + self.linear(self.dn, F.silu(self.linear(self.g, h)) * self.linear(self.u, h))


class Llama(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.emb = nn.Embedding(c.V, c.d)
        self.bl = nn.ModuleList(Layer(c) for _ in range(c.L))
        self.nf = nn.RMSNorm(c.d, c.eps)
        self.head = nn.Linear(c.d, c.V, bias=False)
        nn.init.normal_(self.emb.weight, std=0.5)
        nn.init.zeros_(self.head.weight)

    def forward(self, ids, positions, rows=None):
        """Logits of the chosen rows of the flattened (batch, length) grid, or of all."""
        cos, sin = rotation(positions, self.c.dh, self.c.theta)
        if cos.dim() == 3:  # positions of their own for each sequence
            cos, sin = cos[:, None], sin[:, None]
        x = self.emb(ids)
        for layer in self.bl[:-1]:
            x = layer.feed_forward(layer.attention(x, cos, sin))
        x = self.bl[-1].attention(x, cos, sin)
        if rows is not None:  # nothing looks at the other rows any more
            x = x.reshape(-1, self.c.d)[rows]
        return self.head(self.nf(self.bl[-1].feed_forward(x)))
