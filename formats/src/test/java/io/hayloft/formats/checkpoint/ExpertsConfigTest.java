package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.ExpertsConfig.Groups;
import io.hayloft.formats.config.ExpertsConfig.Scoring;
import io.hayloft.formats.config.LatentAttention;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.ShortConvolutionConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Experts, hybrids and latent attention in config.json: defaults, and what is refused. */
class ExpertsConfigTest {
    private static DecoderConfig parse(String modelType, int layers, String more) {
        var json = """
            {"model_type": "%s", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": %d,
             "num_attention_heads": 8, "vocab_size": 100, "max_position_embeddings": 4096%s}
            """.formatted(modelType, layers, more.isEmpty() ? "" : ", " + more);
        return HuggingFaceConfig.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static ExpertsConfig experts(DecoderConfig config, int layer) {
        return (ExpertsConfig) config.feedForward(layer);
    }

    @Test
    void routersDifferBetweenArchitectures() {
        var mixtral = experts(parse("mixtral", 1, ""), 0);
        assertThat(mixtral.experts()).isEqualTo(8);
        assertThat(mixtral.router()).isEqualTo(new ExpertsConfig.Router(2, Scoring.SOFTMAX, true));
        assertThat(mixtral.shared()).isNull();
        var qwen = experts(parse("qwen2_moe", 1, ""), 0);
        assertThat(qwen.router()).isEqualTo(new ExpertsConfig.Router(4, Scoring.SOFTMAX, false));
        assertThat(qwen.shared()).isNotNull();
        var oss = experts(parse("gpt_oss", 1, ""), 0).router();
        assertThat(oss.scoring()).isEqualTo(Scoring.SOFTMAX_OF_CHOSEN);
        assertThat(oss.bias()).isTrue();
        var deepSeek = experts(
                        parse("deepseek_v3", 4, "\"moe_intermediate_size\": 32, \"n_group\": 8, \"topk_group\": 4"), 3)
                .router();
        assertThat(deepSeek.corrected()).isTrue();
        assertThat(deepSeek.groups()).isEqualTo(new Groups(8, 4, 2));
        assertThat(deepSeek.scale()).isEqualTo(2.5);
    }

    /** Dense layers among those with experts, as D and E. */
    @ParameterizedTest
    @CsvSource({
        "qwen3_moe, EEEE, ''",
        "qwen3_moe, DEDE, '\"decoder_sparse_step\": 2'",
        "qwen3_moe, EDED, '\"mlp_only_layers\": [1, 3]'",
        "deepseek_v3, DDDE, '\"moe_intermediate_size\": 32'",
        "deepseek_v2, DEEE, '\"moe_intermediate_size\": 32, \"first_k_dense_replace\": 1'"
    })
    void someLayersAreDense(String modelType, String kinds, String more) {
        var config = parse(modelType, 4, more);
        for (int layer = 0; layer < 4; layer++) {
            assertThat(config.feedForward(layer))
                    .isInstanceOf(kinds.charAt(layer) == 'E' ? ExpertsConfig.class : LayerConfig.FeedForward.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt_oss, '\"swiglu_limit\": 6', swiglu_limit",
        "deepseek_v2, '\"moe_intermediate_size\": 32, \"topk_method\": \"noaux_tc\"', topk_method",
        "deepseek_v2, '\"moe_intermediate_size\": 32, \"norm_topk_prob\": true', norm_topk_prob",
        "deepseek_v3, '\"moe_intermediate_size\": 32, \"scoring_func\": \"softmax\"', scoring_func",
        "deepseek_v3, '\"moe_intermediate_size\": 32, \"rope_interleave\": false', rope_interleave",
        "mixtral, '\"num_experts_per_tok\": 9', experts of a token",
        "lfm2, '\"layer_types\": [\"conv\", \"mlp\", \"conv\", \"full_attention\"]', mlp",
        "lfm2, '\"full_attn_idxs\": [4]', full_attn_idxs",
        "nemotron_h, '\"hybrid_override_pattern\": \"M*-\"', hybrid_override_pattern",
        "nemotron_h, '\"hybrid_override_pattern\": \"M*-X\"', hybrid_override_pattern",
        "granitemoehybrid, '', layer_types",
        "granitemoehybrid, '\"layer_types\": [\"mamba\"], \"mamba_d_head\": 64', layer_types"
    })
    void refusesByName(String modelType, String more, String part) {
        assertThatThrownBy(() -> parse(modelType, 4, more))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(part);
    }

    @Test
    void hybridsMixMixers() {
        var lfm2 = parse("lfm2", 3, "\"full_attn_idxs\": [1]");
        assertThat(lfm2.stack().get(0).mixer()).isEqualTo(new ShortConvolutionConfig(64, 3));
        assertThat(lfm2.findAttention(1)).isPresent();
        assertThat(lfm2.feedForward(0).width()).isEqualTo(256); // two thirds of 128, rounded up
        var qwen = parse("qwen3_next", 4, "");
        assertThat(qwen.stack().get(2).mixer()).isEqualTo(new DeltaConfig(32, 16, 128, 128, 4));
        assertThat(qwen.attention(3).additions().outputGate()).isTrue();
        var nemotron = parse("nemotron_h", 3, "\"hybrid_override_pattern\": \"M*-\"");
        assertThat(nemotron.stack().get(0).mixer()).isInstanceOf(Mamba2Config.class);
        assertThat(nemotron.stack().get(0).feedForward()).isEqualTo(new LayerConfig.None());
        assertThat(nemotron.attention(1).rope()).isNull();
        assertThat(nemotron.stack().get(2).mixer()).isEqualTo(new LayerConfig.NoMixer());
    }

    /** What is kept of a token is the rotating key and the latent, whatever the number of heads. */
    @Test
    void latentsAreOneHead() {
        var attention = parse("deepseek_v3", 1, "").attention(0);
        assertThat(attention.additions().latent()).isEqualTo(new LatentAttention(1536, 512, 128, 64, 128));
        assertThat(attention.kvHeads()).isOne();
        assertThat(attention.headDim()).isEqualTo(576);
        assertThat(attention.scale()).isEqualTo(1 / Math.sqrt(192));
        var plain = parse("deepseek_v2", 1, "\"q_lora_rank\": null, \"moe_intermediate_size\": 32");
        assertThat(plain.attention(0).additions().latent()).isEqualTo(new LatentAttention(0, 512, 128, 64, 128));
    }

    /** What would be computed in another way than the file means is refused, whether or not other fields make it matter. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "granitemoehybrid|\"layer_types\": [\"mamba\"], \"mamba_n_heads\": 8, \"mamba_d_head\":"
                        + " \"x\"|mamba_d_head",
                "granitemoehybrid|\"layer_types\": [\"attention\"], \"position_embedding_type\":"
                        + " \"alibi\"|position_embedding_type",
                "granitemoehybrid|\"layer_types\": [\"attention\"], \"attention_multiplier\": -1|attention_multiplier",
                "granitemoehybrid|\"layer_types\": [\"attention\"], \"normalization_function\":"
                        + " \"layernorm\"|normalization_function",
                "nemotron_h|\"hybrid_override_pattern\": \"*\", \"mamba_hidden_act\": \"gelu\"|mamba_hidden_act",
                "qwen2_moe|\"layer_types\": [\"chunked_attention\"]|layer type 'chunked_attention' is not supported",
                "qwen3_moe|\"layer_types\": []|field 'layer_types' has 0 entries for 1 layers",
                "mixtral|\"num_experts_per_tok\": 9|experts of a token must be between 1 and 8, not 9",
                "zamba2|\"layers_block_type\": [\"mamba\"], \"head_dim\": 8, \"n_mamba_heads\": 8, \"time_step_min\":"
                        + " 1e300|time step"
            })
    void oddFieldsAreNamed(String modelType, String fields, String message) {
        assertThatThrownBy(() -> parse(modelType, 1, fields))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(message);
    }
}
