"""Accuracy by length on seeds that training never saw: python3 final_eval.py config-b3.json b3/ck.pt"""

import json
import sys

import torch

from gen import CATEGORIES
from model import Config, Llama
from train import evaluate
from words import VOCABULARY

SAMPLES = {512: 48, 1024: 32, 2048: 24, 4096: 16, 8192: 8}
FIRST_SEED = 5000

if __name__ == "__main__":
    torch.set_num_threads(2)
    config_file, checkpoint = sys.argv[1:3]
    with open(config_file) as file:
        model = Llama(Config(len(VOCABULARY), **json.load(file)["cfg"], bf16=False))
    model.load_state_dict(torch.load(checkpoint))
    print("share of answers that are right in every token")
    print("length", *(f"{category:>6}" for category in CATEGORIES), "  mean")
    for length, count in SAMPLES.items():
        right = [answers for answers, _ in evaluate(model, length, count, FIRST_SEED).values()]
        print(f"{length:6}", *(f"{share:6.2f}" for share in right), f"{sum(right) / len(right):6.2f}", flush=True)
