"""Writes tiny checkpoints with options that few models of their architecture use, and the logits of transformers.

    pip install torch==2.15.0 transformers==5.24.0 safetensors
    python3 make_options.py ../src/test/resources/goldens/architectures/options
"""

import os
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

SIZES = dict(
    vocab_size=40,
    hidden_size=24,
    intermediate_size=40,
    num_hidden_layers=2,
    num_attention_heads=3,
    max_position_embeddings=64,
    bos_token_id=1,
    eos_token_id=2,
    pad_token_id=0,
)
TOKENS = 24

OPTIONS = {
    "llama_biases": dict(
        model_type="llama", num_key_value_heads=1, attention_bias=True, mlp_bias=True, hidden_act="gelu"
    ),
    "qwen3_biases": dict(
        model_type="qwen3", num_key_value_heads=1, head_dim=8, attention_bias=True, hidden_act="quick_gelu"
    ),
    "gemma2_silu": dict(
        model_type="gemma2",
        num_key_value_heads=3,
        head_dim=8,
        query_pre_attn_scalar=8,
        sliding_window=8,
        attention_bias=True,
        hidden_activation="silu",
    ),
    "stablelm_parallel": dict(
        model_type="stablelm",
        num_key_value_heads=3,
        qk_layernorm=True,
        use_parallel_residual=True,
        use_qkv_bias=False,
        partial_rotary_factor=0.5,
    ),
    "stablelm_sequential": dict(
        model_type="stablelm",
        num_key_value_heads=1,
        qk_layernorm=True,
        use_qkv_bias=True,
        partial_rotary_factor=0.25,
        hidden_act="relu2",
    ),
    "cohere_head_norms": dict(
        model_type="cohere", num_key_value_heads=1, use_qk_norm=True, attention_bias=True, logit_scale=0.3
    ),
    "starcoder2_plain": dict(
        model_type="starcoder2",
        num_key_value_heads=1,
        use_bias=False,
        sliding_window=8,
        hidden_act="gelu_pytorch_tanh",
    ),
    "phi_relu2": dict(model_type="phi", num_key_value_heads=1, partial_rotary_factor=0.5, hidden_act="relu2"),
    "gpt_neox_sequential": dict(
        model_type="gpt_neox",
        use_parallel_residual=False,
        rotary_pct=0.5,
        hidden_act="gelu",
        tie_word_embeddings=False,
    ),
    "gpt_neox_plain": dict(
        model_type="gpt_neox", attention_bias=False, hidden_act="relu", tie_word_embeddings=True
    ),
    "falcon_7b": dict(
        model_type="falcon",
        multi_query=True,
        new_decoder_architecture=False,
        parallel_attn=True,
        bias=True,
        alibi=False,
    ),
    "falcon_11b": dict(
        model_type="falcon",
        num_kv_heads=1,
        multi_query=True,
        new_decoder_architecture=True,
        num_ln_in_parallel_attn=1,
        bias=False,
        alibi=False,
        ffn_hidden_size=40,
    ),
    "falcon_sequential": dict(
        model_type="falcon",
        multi_query=False,
        new_decoder_architecture=False,
        parallel_attn=False,
        bias=True,
        alibi=False,
        tie_word_embeddings=False,
    ),
    # Without prefix and with the masks that old files hold.
    "gpt2_bare": dict(
        model_type="gpt2",
        vocab_size=40,
        n_embd=24,
        n_inner=40,
        n_layer=2,
        n_head=3,
        n_positions=64,
        activation_function="relu",
        scale_attn_weights=False,
        bos_token_id=1,
        eos_token_id=2,
    ),
    "olmo2_grouped": dict(model_type="olmo2", num_key_value_heads=1, attention_bias=True),
    "exaone4_full": dict(
        model_type="exaone4",
        num_key_value_heads=1,
        sliding_window=None,
        layer_types=["full_attention", "full_attention"],
    ),
    "granite_biases": dict(
        model_type="granite",
        num_key_value_heads=1,
        attention_bias=True,
        mlp_bias=True,
        attention_multiplier=0.4,
        embedding_multiplier=2.0,
        residual_multiplier=0.5,
        logits_scaling=0.5,
        tie_word_embeddings=False,
    ),
}


def draw(name, weight, model_type):
    """Normal numbers, of a size that keeps logits near 3, as bfloat16 has them."""
    noise = torch.randn_like(weight)
    if ("norm" in name or "ln_" in name) and name.endswith("weight"):
        value = (0 if model_type.startswith("gemma") else 1) + 0.3 * noise
    elif name.endswith("bias"):
        value = 0.3 * noise
    elif any(part in name for part in ("embed", "wte", "wpe", "lm_head")):
        value = 0.6 * noise
    else:
        inputs = weight.shape[0] if model_type == "gpt2" else weight.shape[-1]
        value = 1.2 * noise / inputs**0.5
    weight.copy_(value.to(torch.bfloat16))


def tensors(name, config, model):
    state = {key: value for key, value in model.state_dict().items() if "rotary" not in key}
    if config.tie_word_embeddings:
        state.pop("lm_head.weight", None)
        state.pop("embed_out.weight", None)
    state = {key: value.to(torch.bfloat16).contiguous().clone() for key, value in state.items()}
    if name == "gpt2_bare":
        state = {key.removeprefix("transformer."): value for key, value in state.items()}
        for layer in range(config.n_layer):
            state[f"h.{layer}.attn.bias"] = torch.tril(torch.ones(1, 1, 64, 64)).to(torch.bfloat16)
            state[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    return state


def make(name, options, folder):
    torch.manual_seed(sum(map(ord, name)))
    sizes = {} if options["model_type"] == "gpt2" else SIZES
    config = AutoConfig.for_model(**{**sizes, **options})
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for key, weight in model.named_parameters():
            draw(key.lower(), weight, options["model_type"])
        ids = torch.randint(3, config.vocab_size, (1, TOKENS))
        logits = model(ids).logits[0]
    config.architectures = [type(model).__name__]
    config.save_pretrained(folder)
    save_file(tensors(name, config, model), os.path.join(folder, "model.safetensors"))
    expected = {"input_ids": ids[0], "logits": logits.contiguous()}
    save_file(expected, os.path.join(folder, "expected.safetensors"))
    print(f"{name}: logits {logits.std().item():.2f}")


for name, options in OPTIONS.items():
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder, exist_ok=True)
    make(name, options, folder)
