"""Trains the embedded model: python3 train.py config-b1.json, then config-b2.json, then config-b3.json.

Muon for the matrices inside the layers, AdamW for the rest; sequences grow from phase to phase. Phases last minutes of
wall-clock time (two cores), so runs on other machines see more or less text.
"""

import json
import math
import os
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from gen import CATEGORIES, Draw, eval_item, train_sequence
from model import Config, Llama
from winit import wire

LONGEST = 8192  # positions seen in training, with gaps


def orthogonal(gradient):
    """Five Newton-Schulz steps: all singular values come near 1."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient / (gradient.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = (x.T if tall else x).bfloat16()
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).float()


class Optimizer:
    """Muon for matrices of layers, AdamW for embedding, output and norms."""

    def __init__(self, model, muon_rate, adam_rate, decay=0.01):
        def inner(name, parameter):
            return parameter.dim() == 2 and "emb" not in name and "head" not in name

        named = list(model.named_parameters())
        self.matrices = [p for name, p in named if inner(name, p)]
        others = [p for name, p in named if not inner(name, p)]
        self.adam = torch.optim.AdamW(others, lr=adam_rate, betas=(0.9, 0.98), weight_decay=0.0, eps=1e-9)
        self.momentum = [torch.zeros_like(p) for p in self.matrices]
        self.muon_rate, self.adam_rate, self.decay = muon_rate, adam_rate, decay

    @torch.no_grad()
    def step(self, factor):
        for group in self.adam.param_groups:
            group["lr"] = self.adam_rate * factor
        self.adam.step()
        rate = self.muon_rate * factor
        for p, momentum in zip(self.matrices, self.momentum):
            momentum.mul_(0.95).add_(p.grad)
            p.mul_(1 - rate * self.decay)
            p.add_(orthogonal(p.grad + 0.95 * momentum), alpha=-rate * max(1, p.shape[0] / p.shape[1]) ** 0.5)
        self.adam.zero_grad(set_to_none=True)
        for p in self.matrices:
            p.grad = None

    def state(self):
        return {"ad": self.adam.state_dict(), "buf": self.momentum}

    def load(self, state):
        self.adam.load_state_dict(state["ad"])
        for momentum, saved in zip(self.momentum, state["buf"]):
            momentum.copy_(saved)


def positions_with_gaps(draw, length):
    """One or two jumps ahead, so that short texts teach far positions."""
    positions = np.arange(length)
    for _ in range(1 + int(draw.number() * 2)):
        gap = int(math.exp(draw.number() * math.log(max(2, LONGEST - positions[-1] - 1))))
        positions[int(draw.number() * length) :] += max(0, gap - 1)
    return positions


def batch(draw, length, count, mix, share_of_gaps):
    """Inputs, positions, rows of the (count, length - 1) grid that are targets, targets, weights, category of each."""
    sequences, weights, positions, categories = [], [], [], []
    for _ in range(count):
        category = draw.random.choices(list(mix), list(mix.values()))[0]
        tokens, targets = train_sequence(draw, category, length)
        # Long answers must not outweigh short ones.
        weight = min(1.0, (24 if length <= 1024 else 48) / max(1, sum(targets)))
        sequences.append(tokens)
        weights.append([target * weight for target in targets])
        categories.append(category)
        gaps = draw.number() < share_of_gaps
        positions.append(positions_with_gaps(draw, length) if gaps else np.arange(length))
    ids = torch.tensor(sequences)
    weights = torch.tensor(weights)[:, 1:].reshape(-1)
    rows = torch.nonzero(weights > 0)[:, 0]
    targets = ids[:, 1:].reshape(-1)[rows]
    of_row = [categories[i] for i in (rows // (length - 1)).tolist()]
    return ids[:, :-1], torch.from_numpy(np.stack(positions))[:, :-1], rows, targets, weights[rows], of_row


@torch.no_grad()
def evaluate(model, length, count, first_seed=0):
    """By category: share of answers that are right in every token, share of right tokens (teacher-forced)."""
    model.eval()
    results = {}
    at_once = max(1, 4096 // length)
    for category in CATEGORIES:
        right_answers = right_tokens = tokens = 0
        for start in range(0, count, at_once):
            seeds = range(first_seed + start, first_seed + min(count, start + at_once))
            items = [eval_item(category, length, seed) for seed in seeds]
            longest = max(len(prompt) + len(answer) for prompt, answer in items)
            ids = [p + a + [0] * (longest - len(p) - len(a)) for p, a in items]
            rows = [i * longest + len(p) + j - 1 for i, (p, a) in enumerate(items) for j in range(len(a))]
            guesses = model(torch.tensor(ids), torch.arange(longest), torch.tensor(rows)).argmax(-1).tolist()
            for _, answer in items:
                hits = [guess == token for guess, token in zip(guesses, answer)]
                guesses = guesses[len(answer) :]
                right_answers += all(hits)
                right_tokens += sum(hits)
                tokens += len(hits)
        results[category] = (right_answers / count, right_tokens / tokens)
    model.train()
    return results


def load_weights(model, path):
    """`forward` and the names of the parameters have not changed since the published weights."""
    model.load_state_dict(torch.load(path))


def rate_factor(config, step, elapsed, total):
    """Warms up over steps, decays over the last part of the time."""
    warm = min(1, (step + 1) / config.get("warm", 100))
    decay = config.get("decay", 0) * total
    return warm * (min(1, max(0.02, (total - elapsed) / decay)) if decay else 1)


def start(config):
    torch.manual_seed(config.get("seed", 0))
    model = Llama(Config(len(VOCABULARY), **config["cfg"]))
    if config.get("wire"):
        wire(model)
    optimizer = Optimizer(model, config["lr_mu"], config["lr_ad"])
    if config.get("init"):
        load_weights(model, config["init"])
        if os.path.exists(config["init"] + ".opt") and not config.get("fresh"):
            optimizer.load(torch.load(config["init"] + ".opt"))
    return model, optimizer


def train(config):
    out = config["out"]
    os.makedirs(out, exist_ok=True)
    model, optimizer = start(config)
    draw = Draw(f"train/{config.get('seed', 0)}/{config.get('tag', '')}")
    total = 60 * sum(phase["min"] for phase in config["phases"])
    began, step = time.time(), 0
    for phase in config["phases"]:
        end, losses, hits = time.time() + 60 * phase["min"], [], {}
        while time.time() < end:
            shapes = phase["shapes"]
            length, count = random.Random(step).choices(shapes, phase.get("sw", [1] * len(shapes)))[0]
            share_of_gaps = phase.get("pose", 0) if length <= 1024 else 0
            ids, positions, rows, targets, weights, categories = batch(draw, length, count, phase["mix"], share_of_gaps)
            logits = model(ids, positions, rows)
            loss = (F.cross_entropy(logits, targets, reduction="none") * weights).sum() / weights.sum()
            loss.backward()
            optimizer.step(rate_factor(config, step, time.time() - began, total))
            step += 1
            losses.append(loss.item())
            for category, hit in zip(categories, (logits.argmax(-1) == targets).tolist()):
                hits.setdefault(category, []).append(hit)
            if step % config.get("every", 50) == 0:
                accuracy = {category: round(float(np.mean(hit)), 3) for category, hit in sorted(hits.items())}
                print(f"step {step} {time.time() - began:.0f} s loss {np.mean(losses):.3f} {accuracy}", flush=True)
                losses, hits = [], {}
        torch.save(model.state_dict(), f"{out}/ck.pt")
        torch.save(optimizer.state(), f"{out}/ck.pt.opt")
        for length in phase.get("eval", []):
            results = evaluate(model, length, config.get("nev", 48))
            print(f"eval {length}", {c: (round(a, 2), round(t, 2)) for c, (a, t) in results.items()}, flush=True)


if __name__ == "__main__":
    torch.set_num_threads(2)
    with open(sys.argv[1]) as file:
        train(json.load(file))
