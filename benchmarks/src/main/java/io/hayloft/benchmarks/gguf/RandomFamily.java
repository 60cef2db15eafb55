package io.hayloft.benchmarks.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/**
 * Models of random weights for tests, four layers each, of families that have experts, latents, recurrent layers or several
 * residual streams. The same seed gives the same bytes.
 */
final class RandomFamily {
    private static final int LAYERS = 4;
    private static final int HIDDEN = 256;
    private static final int INNER = 512;
    private static final int VOCABULARY = 1024;
    private static final int HEADS = 4;
    private static final int KV_HEADS = 2;
    private static final int HEAD_DIM = 64;
    private static final int EXPERTS = 4;
    private static final int EXPERT_WIDTH = 256;
    private static final int WINDOW = 64;

    // Latent attention.
    private static final int RANK = 256;
    private static final int NOPE = 32;
    private static final int ROPE = 32;

    // Recurrent layers.
    private static final int CHANNELS = 512;
    private static final int STATE = 32;
    private static final int CONVOLUTION = 4;

    // Residual streams.
    private static final int STREAMS = 4;
    private static final int TOKEN_WIDTH = 256;
    private static final int BRANCH = 256;

    private static final String ENDING = "-tiny";

    private static final List<String> NAMES = List.of(
            "mixtral",
            "qwen2-moe",
            "qwen3-moe",
            "gpt-oss",
            "lfm2",
            "granite-hybrid",
            "qwen3-next",
            "nemotron-h",
            "deepseek-v2",
            "deepseek-v3",
            "gemma3n");

    private final String family;
    private final String prefix;
    private final WeightType type;
    private final SplittableRandom random;
    private final GgufWriter file = new GgufWriter();

    private RandomFamily(String family, WeightType type, long seed) {
        this.family = family;
        this.prefix = architecture(family) + ".";
        this.type = type;
        this.random = new SplittableRandom(seed);
    }

    /** The names of all shapes. */
    static List<String> names() {
        return NAMES.stream().map(name -> name + ENDING).toList();
    }

    /** A file of the shape of this name, ready to be written; large matrices have the type, the rest is F32. */
    static GgufWriter plan(String name, WeightType type, long seed) {
        var family = name.substring(0, name.length() - ENDING.length());
        var model = new RandomFamily(family, type, seed);
        model.addMetadata(name);
        RandomModel.addVocabulary(model.file, VOCABULARY);
        model.addTensors();
        return model.file;
    }

    private static String architecture(String family) {
        return switch (family) {
            case "mixtral" -> "llama";
            case "qwen2-moe" -> "qwen2moe";
            case "qwen3-moe" -> "qwen3moe";
            case "granite-hybrid" -> "granitehybrid";
            case "qwen3-next" -> "qwen3next";
            case "nemotron-h" -> "nemotron_h_moe";
            case "deepseek-v2", "deepseek-v3" -> "deepseek2";
            default -> family;
        };
    }

    private boolean is(String... families) {
        return Arrays.asList(families).contains(family);
    }

    private boolean hasExperts() {
        return !is("lfm2", "gemma3n");
    }

    /** Whether a layer is recurrent: all but the third. Nemotron-H has one part a layer, here Mamba-2, experts and attention. */
    private boolean recurrent(int layer) {
        return is("nemotron-h") ? layer == 0 : is("lfm2", "granite-hybrid", "qwen3-next") && layer != 2;
    }

    private boolean attends(int layer) {
        return is("nemotron-h") ? layer == 2 : !recurrent(layer);
    }

    private void addMetadata(String name) {
        file.text("general.architecture", architecture(family))
                .text("general.name", "random " + name + " " + type)
                .whole("general.quantization_version", 2)
                .whole(prefix + "block_count", LAYERS)
                .whole(prefix + "context_length", 8192)
                .whole(prefix + "embedding_length", HIDDEN)
                .whole(prefix + "attention.head_count", HEADS)
                .whole(prefix + "vocab_size", VOCABULARY)
                .number(prefix + "attention.layer_norm_rms_epsilon", 1e-5)
                .number(prefix + "rope.freq_base", 10_000);
        if (is("nemotron-h")) {
            file.wholes(prefix + "feed_forward_length", each(layer -> layer == 3 ? INNER : 0));
        } else {
            file.whole(prefix + "feed_forward_length", INNER);
        }
        if (is("deepseek-v2", "deepseek-v3")) {
            addLatentKeys();
        } else {
            addAttentionKeys();
        }
        if (hasExperts()) {
            addExpertKeys();
        }
        if (recurrent(0)) {
            addMixerKeys();
        }
        if (is("gemma3n")) {
            addStreamKeys();
        }
    }

    private static int[] each(IntUnaryOperator value) {
        var values = new int[LAYERS];
        Arrays.setAll(values, value);
        return values;
    }

    private void addAttentionKeys() {
        if (is("lfm2", "granite-hybrid", "nemotron-h")) {
            file.wholes(prefix + "attention.head_count_kv", each(layer -> attends(layer) ? KV_HEADS : 0));
        } else {
            file.whole(prefix + "attention.head_count_kv", KV_HEADS);
        }
        file.whole(prefix + "attention.key_length", HEAD_DIM)
                .whole(prefix + "attention.value_length", HEAD_DIM)
                .whole(prefix + "rope.dimension_count", HEAD_DIM);
        if (is("gpt-oss", "gemma3n")) {
            file.whole(prefix + "attention.sliding_window", WINDOW);
        }
    }

    private void addLatentKeys() {
        file.whole(prefix + "attention.head_count_kv", 1)
                .whole(prefix + "attention.kv_lora_rank", RANK)
                .whole(prefix + "attention.key_length", RANK + ROPE)
                .whole(prefix + "attention.value_length", RANK)
                .whole(prefix + "attention.key_length_mla", NOPE + ROPE)
                .whole(prefix + "attention.value_length_mla", HEAD_DIM)
                .whole(prefix + "rope.dimension_count", ROPE)
                .whole(prefix + "leading_dense_block_count", 1);
    }

    private void addExpertKeys() {
        file.whole(prefix + "expert_count", EXPERTS)
                .whole(prefix + "expert_used_count", 2)
                .whole(prefix + "expert_feed_forward_length", EXPERT_WIDTH);
        if (is("qwen2-moe", "qwen3-next", "granite-hybrid", "nemotron-h")) {
            file.whole(prefix + "expert_shared_feed_forward_length", EXPERT_WIDTH);
        }
        if (is("nemotron-h", "deepseek-v2", "deepseek-v3")) {
            file.whole(prefix + "expert_shared_count", 1)
                    .whole(prefix + "expert_gating_func", is("deepseek-v2") ? 1 : 2)
                    .number(prefix + "expert_weights_scale", is("deepseek-v2") ? 1 : 2.5)
                    .flag(prefix + "expert_weights_norm", !is("deepseek-v2"));
        }
    }

    private void addMixerKeys() {
        if (is("lfm2")) {
            file.whole(prefix + "shortconv.l_cache", 3);
            return;
        }
        file.whole(prefix + "ssm.conv_kernel", CONVOLUTION)
                .whole(prefix + "ssm.inner_size", CHANNELS)
                .whole(prefix + "ssm.state_size", is("qwen3-next") ? HEAD_DIM : STATE)
                .whole(prefix + "ssm.group_count", is("qwen3-next") ? 4 : 1)
                .whole(prefix + "ssm.time_step_rank", CHANNELS / HEAD_DIM);
        if (is("granite-hybrid")) {
            file.number(prefix + "logit_scale", 1).flag(prefix + "rope.scaling.finetuned", false);
        }
    }

    /** The last two of four layers read the caches of the first two. */
    private void addStreamKeys() {
        file.whole(prefix + "altup.num_inputs", STREAMS)
                .whole(prefix + "altup.active_idx", 0)
                .whole(prefix + "embedding_length_per_layer_input", TOKEN_WIDTH)
                .whole(prefix + "attention.shared_kv_layers", 2)
                .number(prefix + "final_logit_softcapping", 30)
                .number(prefix + "rope.freq_base_swa", 10_000)
                .numbers(prefix + "activation_sparsity_scale", new double[] {
                    1.6448536, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY
                })
                .flags(prefix + "attention.sliding_window_pattern", new boolean[] {true, false, true, false});
    }

    private void addTensors() {
        matrix("token_embd.weight", VOCABULARY, HIDDEN);
        for (int i = 0; i < LAYERS; i++) {
            addLayer(i, "blk." + i + ".");
        }
        ones(is("lfm2") ? "token_embd_norm.weight" : "output_norm.weight", HIDDEN);
        if (is("gemma3n")) {
            matrix("per_layer_token_embd.weight", VOCABULARY, LAYERS * TOKEN_WIDTH);
            matrix("per_layer_model_proj.weight", LAYERS * TOKEN_WIDTH, HIDDEN);
            ones("per_layer_proj_norm.weight", TOKEN_WIDTH);
            matrix("altup_proj.weight", STREAMS - 1, HIDDEN, HIDDEN);
            matrix("altup_unembd_proj.weight", STREAMS - 1, HIDDEN, HIDDEN);
        }
    }

    private void addLayer(int i, String layer) {
        ones(layer + "attn_norm.weight", HIDDEN);
        if (recurrent(i)) {
            addMixer(layer);
        } else if (is("deepseek-v2", "deepseek-v3")) {
            addLatent(layer);
        } else if (attends(i)) {
            addAttention(i, layer);
        }
        if (is("gemma3n")) {
            addStreams(layer);
        }
        if (is("nemotron-h")) {
            if (i == 1) {
                addExperts(layer);
            } else if (i == 3) {
                matrix(layer + "ffn_up.weight", INNER, HIDDEN);
                matrix(layer + "ffn_down.weight", HIDDEN, INNER);
            }
            return;
        }
        ones(layer + (is("gpt-oss", "qwen3-next") ? "post_attention_norm.weight" : "ffn_norm.weight"), HIDDEN);
        if (!hasExperts() || (prefix.startsWith("deepseek") && i == 0)) {
            matrix(layer + "ffn_gate.weight", INNER, HIDDEN);
            matrix(layer + "ffn_up.weight", INNER, HIDDEN);
            matrix(layer + "ffn_down.weight", HIDDEN, INNER);
        } else {
            addExperts(layer);
        }
    }

    private void addAttention(int i, String layer) {
        long width = HEADS * HEAD_DIM;
        matrix(layer + "attn_q.weight", is("qwen3-next") ? 2L * width : width, HIDDEN);
        matrix(layer + "attn_output.weight", HIDDEN, width);
        if (!is("gemma3n") || i < 2) {
            matrix(layer + "attn_k.weight", KV_HEADS * HEAD_DIM, HIDDEN);
            matrix(layer + "attn_v.weight", KV_HEADS * HEAD_DIM, HIDDEN);
        }
        if (is("qwen2-moe", "gpt-oss")) {
            small(layer + "attn_q.bias", width);
            small(layer + "attn_k.bias", KV_HEADS * HEAD_DIM);
            small(layer + "attn_v.bias", KV_HEADS * HEAD_DIM);
        }
        if (is("gpt-oss")) {
            small(layer + "attn_output.bias", HIDDEN);
            small(layer + "attn_sinks.weight", HEADS);
        }
        if (is("qwen3-moe", "lfm2", "qwen3-next", "gemma3n")) {
            ones(layer + "attn_q_norm.weight", HEAD_DIM);
            ones(layer + "attn_k_norm.weight", HEAD_DIM);
        }
    }

    private void addLatent(String layer) {
        matrix(layer + "attn_q.weight", HEADS * (NOPE + ROPE), HIDDEN);
        matrix(layer + "attn_kv_a_mqa.weight", RANK + ROPE, HIDDEN);
        ones(layer + "attn_kv_a_norm.weight", RANK);
        matrix(layer + "attn_k_b.weight", HEADS, RANK, NOPE);
        matrix(layer + "attn_v_b.weight", HEADS, HEAD_DIM, RANK);
        matrix(layer + "attn_output.weight", HIDDEN, HEADS * HEAD_DIM);
    }

    private void addExperts(String layer) {
        floats(layer + "ffn_gate_inp.weight", scaled(1 / Math.sqrt(HIDDEN)), EXPERTS, HIDDEN);
        boolean gated = !is("nemotron-h");
        if (gated) {
            matrix(layer + "ffn_gate_exps.weight", EXPERTS, EXPERT_WIDTH, HIDDEN);
        }
        matrix(layer + "ffn_up_exps.weight", EXPERTS, EXPERT_WIDTH, HIDDEN);
        matrix(layer + "ffn_down_exps.weight", EXPERTS, HIDDEN, EXPERT_WIDTH);
        if (is("gpt-oss")) {
            small(layer + "ffn_gate_inp.bias", EXPERTS);
            small(layer + "ffn_gate_exps.bias", EXPERTS, EXPERT_WIDTH);
            small(layer + "ffn_up_exps.bias", EXPERTS, EXPERT_WIDTH);
            small(layer + "ffn_down_exps.bias", EXPERTS, HIDDEN);
        }
        if (is("nemotron-h", "deepseek-v3")) {
            small(layer + "exp_probs_b.bias", EXPERTS);
        }
        if (is("mixtral", "qwen3-moe", "gpt-oss")) {
            return;
        }
        if (gated) {
            matrix(layer + "ffn_gate_shexp.weight", EXPERT_WIDTH, HIDDEN);
        }
        matrix(layer + "ffn_up_shexp.weight", EXPERT_WIDTH, HIDDEN);
        matrix(layer + "ffn_down_shexp.weight", HIDDEN, EXPERT_WIDTH);
        if (is("qwen2-moe", "qwen3-next")) {
            small(layer + "ffn_gate_inp_shexp.weight", HIDDEN);
        }
    }

    private void addMixer(String layer) {
        if (is("lfm2")) {
            matrix(layer + "shortconv.in_proj.weight", 3L * HIDDEN, HIDDEN);
            floats(layer + "shortconv.conv.weight", scaled(0.6), HIDDEN, 3);
            matrix(layer + "shortconv.out_proj.weight", HIDDEN, HIDDEN);
            return;
        }
        int heads = CHANNELS / HEAD_DIM;
        boolean delta = is("qwen3-next");
        int convolved = CHANNELS + (delta ? 2 * 4 * HEAD_DIM : 2 * STATE);
        matrix(layer + "ssm_in.weight", convolved + CHANNELS + (delta ? 0 : heads), HIDDEN);
        floats(layer + "ssm_conv1d.weight", scaled(0.5), convolved, CONVOLUTION);
        floats(layer + "ssm_dt.bias", i -> StateSpaceLayers.stepBias(i, heads), heads);
        if (delta) {
            matrix(layer + "ssm_ba.weight", 2L * heads, HIDDEN);
            floats(layer + "ssm_a", i -> -1 - 15.0 * i / heads, heads);
            ones(layer + "ssm_norm.weight", HEAD_DIM);
        } else {
            floats(layer + "ssm_conv1d.bias", i -> 0, convolved);
            floats(layer + "ssm_a", i -> -1 - 15.0 * i / heads, heads, 1);
            floats(layer + "ssm_d", i -> 1, heads, 1);
            ones(layer + "ssm_norm.weight", 1, CHANNELS);
        }
        matrix(layer + "ssm_out.weight", HIDDEN, CHANNELS);
    }

    private void addStreams(String layer) {
        ones(layer + "post_attention_norm.weight", HIDDEN);
        ones(layer + "post_ffw_norm.weight", HIDDEN);
        matrix(layer + "inp_gate.weight", TOKEN_WIDTH, HIDDEN);
        matrix(layer + "proj.weight", HIDDEN, TOKEN_WIDTH);
        ones(layer + "post_norm.weight", HIDDEN);
        matrix(layer + "laurel_l.weight", BRANCH, HIDDEN);
        matrix(layer + "laurel_r.weight", HIDDEN, BRANCH);
        ones(layer + "laurel_post_norm.weight", HIDDEN);
        small(layer + "altup_router.weight", STREAMS, HIDDEN);
        ones(layer + "altup_router_norm.weight", HIDDEN);
        small(layer + "altup_predict_coef.weight", STREAMS * STREAMS, STREAMS);
        small(layer + "altup_correct_coef.weight", STREAMS, STREAMS);
        ones(layer + "altup_correct_scale.weight", HIDDEN);
    }

    private void matrix(String name, long... sizes) {
        boolean blocks = sizes[sizes.length - 1] % type.tensorType().blockElements() == 0;
        RandomModel.matrix(file, blocks ? type : WeightType.F16, random, name, sizes);
    }

    private void small(String name, long... sizes) {
        floats(name, scaled(0.1), sizes);
    }

    private void ones(String name, long... sizes) {
        floats(name, i -> 1, sizes);
    }

    private void floats(String name, IntToDoubleFunction value, long... sizes) {
        RandomModel.floats(file, name, value, sizes);
    }

    private IntToDoubleFunction scaled(double deviation) {
        return i -> random.nextGaussian() * deviation;
    }
}
