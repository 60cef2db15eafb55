package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.RopeConfig;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceConfigTest {
    private static DecoderConfig parse(String json) {
        return HuggingFaceConfig.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static RopeConfig rope(DecoderConfig config) {
        return Objects.requireNonNull(config.attention(0).rope());
    }

    /** A config with the sizes that every model has, and more fields. */
    private static String config(String modelType, int layers, String more) {
        return """
            {"model_type": "%s", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": %d,
             "num_attention_heads": 8, "vocab_size": 100, "max_position_embeddings": 4096%s}
            """.formatted(modelType, layers, more.isEmpty() ? "" : ", " + more);
    }

    @Test
    void fillsInWhatOldLlamasLeaveOut() {
        var config = parse(config("llama", 2, ""));
        assertThat(config.attention(0).kvHeads()).isEqualTo(8);
        assertThat(config.attention(0).headDim()).isEqualTo(8);
        assertThat(config.attention(0).rope()).isEqualTo(RopeConfig.plain(10_000, 8));
        assertThat(config.tokens().tiedOutput()).isFalse();
        assertThat(config.bosId()).isEqualTo(-1);
        assertThat(config.eosIds()).isEmpty();
        assertThat(config.attention(0).window()).isZero();
        assertThat(config.attention(0).groupSize()).isEqualTo(1);
    }

    @Test
    void readsSeveralEndTokens() {
        var config = parse(config("llama", 1, "\"eos_token_id\": [7, 9], \"bos_token_id\": 3"));
        assertThat(config.eosIds()).containsExactly(7, 9);
        assertThat(config.bosId()).isEqualTo(3);
    }

    /** Early configs have no layer types: windows follow from the architecture. */
    @ParameterizedTest
    @CsvSource({
        "mistral, SSSSSSS, '\"sliding_window\": 32'",
        "phi3,    SSSSSSS, '\"sliding_window\": 32'",
        "llama,   FFFFFFF, '\"sliding_window\": 32'",
        "mistral, FFFFFFF, '\"sliding_window\": null'",
        "gemma2,  SFSFSFS, '\"sliding_window\": 32'",
        "gemma3_text, SSSSSFS, '\"sliding_window\": 32'",
        "gemma3_text, SSFSSFS, '\"sliding_window\": 32, \"sliding_window_pattern\": 3'",
        "qwen2,   FFFFFFF, '\"sliding_window\": 32'",
        "qwen2,   FFFFFFF, '\"sliding_window\": 32, \"use_sliding_window\": false'",
        "qwen2,   FFFFFSS, '\"sliding_window\": 32, \"use_sliding_window\": true, \"max_window_layers\": 5'",
        "qwen3,   SSSSSSS, '\"sliding_window\": 32, \"use_sliding_window\": true, \"max_window_layers\": 0'"
    })
    void slidesTheRightLayers(String modelType, String expected, String fields) {
        var config = parse(config(modelType, 7, fields));
        var kinds = new StringBuilder();
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.attention(layer);
            kinds.append(attention.sliding() ? 'S' : 'F');
            assertThat(attention.window()).isEqualTo(attention.sliding() ? 32 : 0);
        }
        assertThat(kinds).hasToString(expected);
    }

    @Test
    void leavesEveryFourthLayerOfSmollm3Unrotated() {
        var config = parse(config("smollm3", 8, ""));
        assertThat(IntStream.range(0, 8).filter(layer -> config.attention(layer).rope() != null))
                .containsExactly(0, 1, 2, 4, 5, 6);
        assertThat(rope(config).theta()).isEqualTo(2_000_000);
    }

    /** A cap that is not mentioned has the default of Gemma 2; null means none. */
    @Test
    void readsTheCapsOfGemma2() {
        var silent = parse(config("gemma2", 1, ""));
        assertThat(silent.attention(0).softCap()).isEqualTo(50);
        assertThat(silent.tokens().softCap()).isEqualTo(30);
        assertThat(silent.attention(0).headDim()).isEqualTo(256);
        var off = parse(config("gemma2", 1, "\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null"));
        assertThat(off.attention(0).softCap()).isZero();
        assertThat(off.tokens().softCap()).isZero();
        assertThat(parse(config("gemma3_text", 1, "")).attention(0).softCap()).isZero();
    }

    /** The published 4B model: sizes that equal the defaults are not written. */
    @Test
    void readsTheTextPartOfGemma3() {
        var config = parse("""
            {"model_type": "gemma3", "vision_config": {"hidden_size": 1152}, "text_config":
             {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
              "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024}}
            """);
        assertThat(config.architecture()).isEqualTo("gemma3");
        assertThat(config.attention(0).queryHeads()).isEqualTo(8);
        assertThat(config.vocabulary()).isEqualTo(262_208);
        assertThat(config.attention(5).rope()).isEqualTo(new RopeConfig(1e6, 256, new RopeConfig.Linear(8)));
        assertThat(config.attention(0).rope()).isEqualTo(RopeConfig.plain(1e4, 256));
    }

    @Test
    void readsScalingInOldAndNewWords() {
        var rope = "\"rope_scaling\": {\"type\": \"%s\", \"factor\": 4.0}";
        assertThat(rope(parse(config("llama", 1, rope.formatted("linear")))).scaling())
                .isEqualTo(new RopeConfig.Linear(4));
        assertThat(rope(parse(config("llama", 1, rope.formatted("dynamic")))).scaling())
                .isEqualTo(new RopeConfig.Dynamic(4, 4096));
        var factors = Collections.nCopies(4, 2.0).toString();
        var longRope = "\"original_max_position_embeddings\": 1024, \"rope_scaling\": "
                + "{\"type\": \"su\", \"short_factor\": %s, \"long_factor\": %s}".formatted(factors, factors);
        assertThat(rope(parse(config("phi3", 1, longRope))).scaling())
                .isEqualTo(new RopeConfig.LongRope(
                        Collections.nCopies(4, 2.0),
                        Collections.nCopies(4, 2.0),
                        1024,
                        Math.sqrt(1 + Math.log(4) / Math.log(1024))));
    }

    /** Fields of the context: what max_position_embeddings of 4096 comes to. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "llama|{\"type\": \"linear\", \"factor\": 4}|16384",
                "llama|{\"type\": \"dynamic\", \"factor\": 2}|8192",
                "qwen2|{\"rope_type\": \"yarn\", \"factor\": 4}|16384",
                "qwen3|{\"rope_type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 2048}|8192",
                "llama|{\"rope_type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 1024}|4096",
                "llama|{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
                        + " \"original_max_position_embeddings\": 1024}|4096",
                "llama|{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4}"
                        + "|32768",
                "gemma3_text|{\"rope_type\": \"linear\", \"factor\": 8}|4096"
            })
    void theContextFollowsTheScaling(String modelType, String scaling, int expected) {
        var text = config(modelType, 1, "\"rope_scaling\": " + scaling);
        assertThat(parse(text).context()).isEqualTo(new DecoderConfig.Context(expected, expected, 4096));
        var asked = HuggingFaceConfig.read(
                Json.object("c", text.getBytes(StandardCharsets.UTF_8)),
                Optional.empty(),
                new ReadOptions(100_000, false));
        assertThat(asked.context()).isEqualTo(new DecoderConfig.Context(100_000, expected, 4096));
    }

    @Test
    void unknownFieldsAreErrorsUnlessTheUserIgnoresThem() {
        var text = config(
                        "llama",
                        1,
                        "\"residual_multiplier\": 0.5, \"rope_scaling\": "
                                + "{\"type\": \"linear\", \"factor\": 2, \"alpha\": 3}")
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> HuggingFaceConfig.parse("c", text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'alpha' of rope scaling 'linear' is not known")
                .hasMessageContaining("--ignore-unknown");
        var read = HuggingFaceConfig.read(Json.object("c", text), Optional.empty(), new ReadOptions(0, true));
        assertThat(rope(read).scaling()).isEqualTo(new RopeConfig.Linear(2));
        assertThatThrownBy(() -> parse(config("llama", 1, "\"residual_multiplier\": 0.5")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'residual_multiplier' is not known");
        assertThat(parse(config("llama", 1, "\"mlp_bias\": false, \"x\": null, \"_y\": 1"))
                        .layers())
                .isEqualTo(1);
    }

    @Test
    void readsRotationsByLayerType() {
        var rope = "\"sliding_window\": 8, \"layer_types\": [\"full_attention\", \"sliding_attention\"],"
                + " \"rope_parameters\": {\"full_attention\": {\"rope_type\": \"linear\", \"factor\": 2},"
                + " \"sliding_attention\": {\"rope_theta\": 500.0}%s}";
        var config = parse(config("mistral", 2, rope.formatted("")));
        assertThat(config.attention(0).rope()).isEqualTo(new RopeConfig(10_000, 8, new RopeConfig.Linear(2)));
        assertThat(config.attention(1).rope()).isEqualTo(RopeConfig.plain(500, 8));
        assertThatThrownBy(() -> parse(config("mistral", 2, rope.formatted(", \"rope_theta\": 5.0"))))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'rope_parameters.rope_theta' beside");
    }

    @Test
    void ignoresWhatItDoesNotNeed() {
        var odd = "\"time_step_limit\": [0.0, Infinity], \"model_max_length\": 1000000000000000019884624838656";
        assertThat(parse(config("llama", 1, odd)).layers()).isEqualTo(1);
    }

    /** Each row: a part of a right config, what stands there instead, words of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"hidden_size\": 64|\"hidden_sise\": 64|field 'hidden_size' is missing",
                "\"hidden_size\": 64|\"hidden_size\": -64|field 'hidden_size' must be a whole number from 1, not -64",
                "\"hidden_size\": 64|\"hidden_size\": 6.5|field 'hidden_size' must be a whole number",
                "\"hidden_size\": 64|\"hidden_size\": \"64\"|field 'hidden_size' must be a whole number",
                "\"hidden_size\": 64|\"hidden_size\": 99999999999|field 'hidden_size' must be a whole number",
                "\"intermediate_size\": 128|\"intermediate_size\": 2000000000|feed-forward size must be between",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"eos_token_id\": 100|EOS token must be between",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"num_key_value_heads\": 3|cannot share 3 KV heads",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"num_key_value_heads\": 9|KV heads must be between",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"vocab_size\": 100|is there twice",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"hidden_act\": \"mish\"|field 'hidden_act' is 'mish', which"
                        + " is not supported; supported are silu",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rms_norm_eps\": -1|norm epsilon must be between",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"head_dim\": 7|rotary channels must be even",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_theta\": \"big\"|field 'rope_theta' must be a number",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_theta\": Infinity|field 'rope_theta' must be a number",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": 3|field 'rope_scaling' must be an object",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": {\"type\": \"magic\"}|'magic' is not"
                        + " supported",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": {\"factor\": 4.0}|has a 'factor' but no"
                        + " 'rope_type'",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": {\"type\": \"linear\", \"rope_type\":"
                        + " \"yarn\", \"factor\": 4.0}|keep one",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": {}, \"rope_parameters\": {}|keep one",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 4.0,"
                        + " \"original_max_position_embeddings\": 64}|make them equal",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0,"
                        + " \"beta_fast\": 64}|'beta_fast' of rope scaling 'linear' is not known",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"logit_scale\": 0.5|field 'logit_scale' is not known",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"partial_rotary_factor\": 2.0|partial_rotary_factor",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"quantization_config\": {\"quant_method\":"
                        + " \"bitsandbytes\"}"
                        + "|of the format 'bitsandbytes'",
                "\"vocab_size\": 100|\"vocab_size\": 100, \"quantization_config\": {}|use the full-precision"
                        + " checkpoint",
                "\"num_hidden_layers\": 1|\"num_hidden_layers\": 2000000000|num_hidden_layers",
                "\"model_type\": \"llama\"|\"model_type\": \"lama\"|'lama' is not supported; supported are llama,"
                        + " mistral",
                "\"model_type\": \"llama\"|\"model_type\": 5|field 'model_type' must be a text",
                "\"model_type\": \"llama\"|\"x\": 5|field 'model_type' is missing"
            })
    void namesTheWrongField(String right, String wrong, String words) {
        assertThatThrownBy(() -> parse(config("llama", 1, "").replace(right, wrong)))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(words)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesUnknownLayerTypesAndWrongCounts() {
        assertThatThrownBy(() -> parse(config("mistral", 1, "\"sliding_window\": 8, \"layer_types\": [\"chunked\"]")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'chunked' is not supported");
        assertThatThrownBy(() -> parse(config("mistral", 2, "\"sliding_window\": 8, \"layer_types\": []")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("0 entries for 2 layers");
        assertThatThrownBy(() -> parse(config("smollm3", 2, "\"no_rope_layers\": [1]")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("1 entries for 2 layers");
        assertThatThrownBy(() -> parse(config("gemma3_text", 2, "\"use_bidirectional_attention\": true")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("causal");
    }
}
