"""A start from which a small model learns to look things up within minutes.

Layer 0: head h attends to the token h + 1 places back. Layer 1: heads match the n-gram before the query with n-grams
before earlier tokens (induction) and copy what followed. Channel 0 of the residual stream is a constant that the
positional heads use; training changes all of it.
"""

import math

import torch

NOISE = 0.02
SHARPNESS = 5.0  # of the positional heads
MATCH = 1.6  # scale of the n-gram match
WEIGHT_OF_DISTANCE = [4.0, 3.0] + [2.2] * 9  # near tokens of the n-gram count more


@torch.no_grad()
def wire(model):
    c = model.c
    draw = torch.Generator().manual_seed(5)
    offsets = range(1, c.H + 1)

    def normal(*shape):
        return torch.randn(*shape, generator=draw)

    def orthonormal(rows, columns):
        return torch.linalg.qr(normal(columns, rows))[0].T

    half = c.dh // 2
    frequency = (c.theta ** (-torch.arange(0, c.dh, 2).double() / c.dh)).float()
    model.emb.weight.copy_(0.5 * normal(c.V, c.d))
    model.emb.weight[:, 0] = 2.0
    constant = 2.0 / math.sqrt(0.25 * (c.d - 1) / c.d + 4 / c.d)  # channel 0 after the norm
    first, second = model.bl[0], model.bl[1]

    # Layer 0: the rotation of fast channels makes the score peak at one distance.
    first.q.weight.copy_(NOISE * normal(c.H * c.dh, c.d))
    first.k.weight.copy_(NOISE * normal(c.KV * c.dh, c.d))
    fast = [i for i in range(half) if frequency[i] > 0.05]
    size = math.sqrt(SHARPNESS * math.sqrt(c.dh)) / constant
    for kv in range(c.KV):
        for i in fast:
            first.k.weight[kv * c.dh + i, 0] = size
    for head, offset in enumerate(offsets):
        for i in fast:
            first.q.weight[head * c.dh + i, 0] = size * math.cos(frequency[i] * offset)
            first.q.weight[head * c.dh + half + i, 0] = -size * math.sin(frequency[i] * offset)
    read = [orthonormal(c.dh, c.d) for _ in range(c.KV)]
    for kv in range(c.KV):
        read[kv][:, 0] = 0
        first.v.weight[kv * c.dh : (kv + 1) * c.dh] = read[kv]
    write = [orthonormal(c.dh, c.d).T * 0.5 for _ in range(c.H)]
    for head in range(c.H):
        write[head][0, :] = 0
        first.o.weight[:, head * c.dh : (head + 1) * c.dh] = write[head]
    # How the token `offset` places back shows in the residual stream: (d, d).
    trace = {offset: write[head] @ read[head // (c.H // c.KV)] for head, offset in enumerate(offsets)}

    # Layer 1: slow channels hardly rotate, so a match does not depend on the distance.
    slow = [i for i in range(half) if frequency[i] < 2e-4]
    channels = slow + [i + half for i in slow]
    second.q.weight.copy_(NOISE * normal(c.H * c.dh, c.d))
    second.k.weight.copy_(NOISE * normal(c.KV * c.dh, c.d))
    for kv in range(c.KV):
        code = [orthonormal(len(channels), c.d) for _ in range(c.H - 1)]
        for matrix in code:
            matrix[:, 0] = 0
        key = sum(code[j] @ trace[j + 1].T * WEIGHT_OF_DISTANCE[j] for j in range(len(code)))
        query = code[0] + sum(code[j] @ trace[j].T * WEIGHT_OF_DISTANCE[j] for j in range(1, len(code)))
        second.k.weight[[kv * c.dh + i for i in channels]] = MATCH * key
        for head in range(kv * (c.H // c.KV), (kv + 1) * (c.H // c.KV)):
            second.q.weight[[head * c.dh + i for i in channels]] = MATCH * query
    copied = [orthonormal(c.dh, c.d) for _ in range(c.KV)]
    for kv in range(c.KV):
        copied[kv][:, 0] = 0
        second.v.weight[kv * c.dh : (kv + 1) * c.dh] = copied[kv]
    for head in range(c.H):
        second.o.weight[:, head * c.dh : (head + 1) * c.dh] = copied[head // (c.H // c.KV)].T
    model.head.weight.copy_(model.emb.weight * 0.3)
    model.head.weight[:, 0] = 0
