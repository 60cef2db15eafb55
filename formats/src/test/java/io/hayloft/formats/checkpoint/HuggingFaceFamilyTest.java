package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.LayerConfig.Activation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single architectures call their fields, leave out, and must not have. */
class HuggingFaceFamilyTest {
    private static DecoderConfig parse(String json) {
        return HuggingFaceConfig.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** A config with the sizes that every model has, and more fields. */
    private static String config(String modelType, int layers, String more) {
        return """
            {"model_type": "%s", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": %d,
             "num_attention_heads": 8, "vocab_size": 100, "max_position_embeddings": 4096%s}
            """.formatted(modelType, layers, more.isEmpty() ? "" : ", " + more);
    }

    /** What an architecture can do that is not supported is refused by the name of its field, not by a general remark. */
    @ParameterizedTest
    @CsvSource({
        "phi, qk_layernorm",
        "falcon, alibi",
        "falcon, apply_residual_connection_post_layernorm",
        "gpt2, add_cross_attention",
        "gpt2, scale_attn_by_inverse_layer_idx",
        "lfm2, conv_bias",
        "qwen3_next, attention_bias"
    })
    void refusesOptionsOfAnArchitectureByName(String modelType, String field) {
        assertThatThrownBy(() -> parse(config(modelType, 1, "\"" + field + "\": true")))
                .isInstanceOf(UserError.class)
                .hasMessage("config.json: field '" + field + "' is true, which is not supported");
        assertThat(parse(config(modelType, 1, "\"" + field + "\": false")).layers())
                .isEqualTo(1);
    }

    /** A field that other architectures read would be dropped in silence here. */
    @ParameterizedTest
    @CsvSource({
        "llama, attention_multiplier",
        "llama, embedding_multiplier",
        "llama, logits_scaling",
        "mistral, mlp_bias",
        "olmo2, logit_scale",
        "phi, use_parallel_residual",
        "glm4, use_qkv_bias",
        "gemma, residual_multiplier",
        "gpt_neox, multi_query",
        "falcon, scale_attn_weights",
        "exaone4, use_bias",
        "mixtral, shared_expert_intermediate_size",
        "qwen2_moe, routed_scaling_factor",
        "qwen3_moe, n_group",
        "gpt_oss, norm_topk_prob",
        "lfm2, num_experts",
        "qwen3_next, embedding_multiplier",
        "bamba, attention_multiplier"
    })
    void refusesFieldsOfOtherArchitectures(String modelType, String field) {
        assertThatThrownBy(() -> parse(config(modelType, 1, "\"" + field + "\": 1")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("field '" + field + "' is not known");
    }

    /** Which layers slide and which rotate, as S or F and R or N, where the config leaves layer types out. */
    @ParameterizedTest
    @CsvSource({
        "cohere2, SRSRSRFNSRSR, '\"head_dim\": 8'",
        "cohere2, SRFNSRFNSRFN, '\"head_dim\": 8, \"sliding_window_pattern\": 2'",
        "cohere2, FNFNFNFNFNFN, '\"head_dim\": 8, \"sliding_window\": null'",
        "exaone4, SRSRSRFNSRSR, '\"sliding_window\": 16, \"sliding_window_pattern\": \"LLLG\"'",
        "exaone4, SRFNSRFNSRFN, '\"sliding_window\": 16, \"sliding_window_pattern\": 2'",
        "exaone4, SRSRSRFNSRSR, '\"sliding_window_pattern\": null'",
        "exaone4, FRFRFRFRFRFR, '\"sliding_window\": null'",
        "starcoder2, SRSRSRSRSRSR, '\"sliding_window\": 16'",
        "starcoder2, FRFRFRFRFRFR, ''",
        "olmo2, FRFRFRFRFRFR, ''"
    })
    void slidesAndRotatesAsItsArchitecture(String modelType, String expected, String more) {
        var config = parse(config(modelType, 6, more));
        var found = new StringBuilder();
        for (int i = 0; i < config.layers(); i++) {
            found.append(config.attention(i).sliding() ? 'S' : 'F')
                    .append(config.attention(i).rope() == null ? 'N' : 'R');
        }
        assertThat(found.toString()).isEqualTo(expected);
    }

    @Test
    void refusesOtherLettersThanLAndG() {
        assertThatThrownBy(() -> parse(config("exaone4", 2, "\"sliding_window_pattern\": \"LX\"")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("letters L and G, not LX");
    }

    /** Names of activations in configs, and what they mean; Gemma's "gelu" is the approximation unless it says so. */
    @ParameterizedTest
    @CsvSource({
        "llama, hidden_act, silu, SILU",
        "llama, hidden_act, swish, SILU",
        "llama, hidden_act, gelu, GELU",
        "llama, hidden_act, gelu_new, GELU_TANH",
        "llama, hidden_act, gelu_fast, GELU_TANH",
        "llama, hidden_act, gelu_pytorch_tanh, GELU_TANH",
        "qwen2, hidden_act, quick_gelu, QUICK_GELU",
        "qwen3, hidden_act, relu, RELU",
        "mistral, hidden_act, relu2, RELU_SQUARED",
        "gemma, hidden_act, gelu, GELU_TANH",
        "gemma, hidden_act, relu, RELU",
        "gemma2, hidden_activation, gelu, GELU",
        "gemma3_text, hidden_activation, silu, SILU",
        "falcon, activation, relu, RELU",
        "gpt2, activation_function, gelu, GELU"
    })
    void readsActivations(String modelType, String field, String name, Activation expected) {
        var config = parse(config(modelType, 1, "\"%s\": \"%s\"".formatted(field, name)));
        assertThat(config.findDense(0).orElseThrow().activation()).isEqualTo(expected);
    }

    /** Messages name the fields as the file has them. */
    @Test
    void namesTheFieldsOfGpt2() {
        var gpt2 =
                "{\"model_type\": \"gpt2\", \"vocab_size\": 9, \"n_layer\": 1, \"n_head\": 2, \"n_positions\": 16%s}";
        assertThatThrownBy(() -> parse(gpt2.formatted("")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("field 'n_embd' is missing");
        var config = parse(gpt2.formatted(", \"n_embd\": 8"));
        assertThat(config.feedForward(0).width()).isEqualTo(32);
        assertThat(config.tokens().positions()).isEqualTo(16);
        assertThat(config.attention(0).rope()).isNull();
        assertThat(config.contextLength()).isEqualTo(16);
        var longer =
                Json.object("config.json", gpt2.formatted(", \"n_embd\": 8").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> HuggingFaceConfig.read(longer, Optional.empty(), new ReadOptions(32, false)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("a context of 32 tokens does not fit a model that has learned 16 positions");
    }

    /** The three forms of Falcon, and what no model is. */
    @Test
    void readsTheFormsOfFalcon() {
        assertThat(parse(config("falcon", 1, "")).attention(0).kvHeads()).isEqualTo(1);
        assertThat(parse(config("falcon", 1, "\"multi_query\": false"))
                        .attention(0)
                        .kvHeads())
                .isEqualTo(8);
        assertThat(placement("\"new_decoder_architecture\": false")).isEqualTo(NormPlacement.PARALLEL);
        assertThat(placement("\"parallel_attn\": false")).isEqualTo(NormPlacement.BEFORE);
        assertThat(placement("\"new_decoder_architecture\": true")).isEqualTo(NormPlacement.PARALLEL_TWO_NORMS);
        assertThat(placement("\"new_decoder_architecture\": true, \"num_ln_in_parallel_attn\": 1"))
                .isEqualTo(NormPlacement.PARALLEL);
        assertThatThrownBy(() -> placement("\"new_decoder_architecture\": true, \"parallel_attn\": false"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'new_decoder_architecture' is only supported with 'parallel_attn'");
    }

    private static NormPlacement placement(String more) {
        return parse(config("falcon", 1, more)).norms().placement();
    }
}
