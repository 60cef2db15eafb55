package io.hayloft.formats.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of a model's config that are read, and those that change nothing that is computed here. Any other may
 * change numbers, so it is an error, unless it is switched off: null, false or 0.
 */
final class KnownFields {
    /** Advice on an unknown field. */
    static final String GO_ON = " and may change what the model computes (--ignore-unknown to go on without it)";

    /** Fields of config.json that are read. */
    private static final Set<String> READ = Set.of(
            "attention_bias",
            "attn_logit_softcapping",
            "bos_token_id",
            "compression_config",
            "eos_token_id",
            "final_logit_softcapping",
            "head_dim",
            "hidden_act",
            "hidden_activation",
            "hidden_size",
            "intermediate_size",
            "layer_types",
            "max_position_embeddings",
            "max_window_layers",
            "model_type",
            "no_rope_layer_interval",
            "no_rope_layers",
            "num_attention_heads",
            "num_hidden_layers",
            "num_key_value_heads",
            "original_max_position_embeddings",
            "partial_rotary_factor",
            "quantization_config",
            "query_pre_attn_scalar",
            "rms_norm_eps",
            "rope_local_base_freq",
            "rope_parameters",
            "rope_scaling",
            "rope_theta",
            "rotary_emb_base",
            "rotary_pct",
            "sliding_window",
            "sliding_window_pattern",
            "tie_word_embeddings",
            "use_bidirectional_attention",
            "use_sliding_window",
            "vocab_size");

    /** Fields of config.json for training, for other programs, about the file, or with the values that models have anyway. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "architectures",
            "attention_dropout",
            "attention_probs_dropout_prob",
            "attn_implementation",
            "auto_map",
            "bad_words_ids",
            "base_model_name_or_path",
            "boi_token_index",
            "cache_implementation",
            "chunk_size_feed_forward",
            "classifier_dropout",
            "custom_pipelines",
            "decoder_start_token_id",
            "dtype",
            "embd_pdrop",
            "eoi_token_index",
            "finetuning_task",
            "full_attn_mod",
            "hidden_dropout",
            "hidden_dropout_prob",
            "id2label",
            "image_token_index",
            "initializer_factor",
            "initializer_range",
            "interpolate_factor",
            "is_decoder",
            "is_llama_config",
            "keys_to_ignore_at_inference",
            "label2id",
            "mask_token_id",
            "max_length",
            "max_new_tokens",
            "max_sequence_length",
            "min_length",
            "model_max_length",
            "name_or_path",
            "num_return_sequences",
            "output_attentions",
            "output_hidden_states",
            "output_past",
            "pad_token_id",
            "prefix",
            "pretraining_tp",
            "problem_type",
            "resid_pdrop",
            "return_dict",
            "sep_token_id",
            "task_specific_params",
            "time_step_limit",
            "tokenizer_class",
            "torch_dtype",
            "torchscript",
            "transformers.js_config",
            "transformers_version",
            "unk_token_id",
            "unsloth_fixed",
            "unsloth_version",
            "use_bfloat16",
            "use_cache",
            "vision_config",
            // How text is generated, which the caller chooses; these are the parts of older configs.
            "do_sample",
            "early_stopping",
            "length_penalty",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "repetition_penalty",
            "temperature",
            "top_k",
            "top_p",
            "typical_p");

    /** Keys of GGUF metadata after the name of the architecture that are read. */
    private static final Set<String> READ_IN_GGUF = Set.of(
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.layer_norm_rms_epsilon",
            "attention.sliding_window",
            "attention.sliding_window_pattern",
            "attention.value_length",
            "attn_logit_softcapping",
            "block_count",
            "context_length",
            "embedding_length",
            "expert_count",
            "feed_forward_length",
            "final_logit_softcapping",
            "rope.dimension_count",
            "rope.dimension_count_swa",
            "rope.freq_base",
            "rope.freq_base_swa",
            "rope.scale_linear",
            "rope.scaling.attn_factor",
            "rope.scaling.factor",
            "rope.scaling.original_context_length",
            "rope.scaling.type",
            "rope.scaling.yarn_attn_factor",
            "rope.scaling.yarn_beta_fast",
            "rope.scaling.yarn_beta_slow",
            "rope.scaling.yarn_ext_factor",
            "rope.scaling.yarn_log_multiplier");

    /** Keys of GGUF metadata that change nothing. */
    private static final List<String> WITHOUT_EFFECT_IN_GGUF = List.of(
            "attention.causal",
            "attention.layer_norm_epsilon",
            "rope.scaling.finetuned",
            "tensor_data_layout",
            "vocab_size");

    private KnownFields() {}

    /** Checks the fields of a config.json; names that begin with an underscore are the writer's own. */
    static void checkHuggingFace(Fields config, HuggingFaceFamily family) {
        checkHuggingFace(config, family::knows);
    }

    /** The same for a family that reads more fields. */
    static void checkHuggingFace(Fields config, Set<String> more) {
        checkHuggingFace(config, more::contains);
    }

    private static void checkHuggingFace(Fields config, Predicate<String> ofFamily) {
        for (var name : config.names()) {
            boolean known = READ.contains(name) || WITHOUT_EFFECT.contains(name) || ofFamily.test(name);
            if (!known && !name.startsWith("_") && config.isOn(name)) {
                throw config.error("field '" + name + "' is not known" + GO_ON);
            }
        }
    }

    /** Checks the keys of GGUF metadata that begin with the name of the architecture. */
    static void checkGguf(Fields metadata, Set<String> ofArchitecture) {
        for (var name : metadata.names()) {
            boolean ofImages = name.startsWith("vision.") || name.startsWith("mm.");
            boolean known = READ_IN_GGUF.contains(name) || WITHOUT_EFFECT_IN_GGUF.contains(name) || ofImages;
            if (!known && !ofArchitecture.contains(name) && metadata.isOn(name)) {
                throw metadata.error("key '" + name + "' is not known" + GO_ON);
            }
        }
    }
}
