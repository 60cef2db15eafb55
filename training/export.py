"""Writes a checkpoint as a Hugging Face folder: python3 export.py config-b3.json b3/ck.pt FOLDER"""

import json
import os
import sys

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from model import Config, Llama
from words import ID, VOCABULARY

CONTEXT = 16384
NAMES = {
    "emb.weight": "model.embed_tokens.weight",
    "head.weight": "lm_head.weight",
    "nf.weight": "model.norm.weight",
}
LAYER_NAMES = {
    "q": "self_attn.q_proj",
    "k": "self_attn.k_proj",
    "v": "self_attn.v_proj",
    "o": "self_attn.o_proj",
    "g": "mlp.gate_proj",
    "u": "mlp.up_proj",
    "dn": "mlp.down_proj",
    "n1": "input_layernorm",
    "n2": "post_attention_layernorm",
}


def hugging_face_name(name):
    if name in NAMES:
        return NAMES[name]
    _, layer, part, _ = name.split(".")
    return f"model.layers.{layer}.{LAYER_NAMES[part]}.weight"


def write_weights(model, folder):
    tensors = {hugging_face_name(n): p.detach().half().contiguous() for n, p in model.named_parameters()}
    save_file(tensors, f"{folder}/model.safetensors", metadata={"format": "pt"})


def write_config(c, folder):
    config = dict(
        architectures=["LlamaForCausalLM"],
        model_type="llama",
        hidden_size=c.d,
        intermediate_size=c.ff,
        num_hidden_layers=c.L,
        num_attention_heads=c.H,
        num_key_value_heads=c.KV,
        head_dim=c.dh,
        hidden_act="silu",
        max_position_embeddings=CONTEXT,
        rms_norm_eps=c.eps,
        rope_theta=c.theta,
        rope_scaling=None,
        vocab_size=c.V,
        tie_word_embeddings=False,
        attention_bias=False,
        mlp_bias=False,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        torch_dtype="float16",
    )
    with open(f"{folder}/config.json", "w") as file:
        json.dump(config, file, indent=1)


def write_tokenizer(folder):
    """Words between blanks; signs and digits are words of their own."""
    tokenizer = Tokenizer(models.WordLevel(dict(ID), unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t in ("<pad>", "<bos>", "<eos>", "<unk>")])
    tokenizer.post_processor = TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 1)])
    tokenizer.save(f"{folder}/tokenizer.json")
    settings = dict(
        tokenizer_class="PreTrainedTokenizerFast",
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        clean_up_tokenization_spaces=False,
    )
    with open(f"{folder}/tokenizer_config.json", "w") as file:
        json.dump(settings, file)


if __name__ == "__main__":
    config_file, checkpoint, folder = sys.argv[1:4]
    os.makedirs(folder, exist_ok=True)
    with open(config_file) as file:
        config = Config(len(VOCABULARY), **json.load(file)["cfg"], bf16=False)
    model = Llama(config)
    model.load_state_dict(torch.load(checkpoint))
    write_weights(model, folder)
    write_config(config, folder)
    write_tokenizer(folder)
