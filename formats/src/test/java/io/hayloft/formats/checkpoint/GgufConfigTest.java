package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.testing.GgufBuilder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Architectures for which there is no reference GGUF file, from files with the keys that converters write. */
class GgufConfigTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2", "qwen3", "gemma2", "gemma3", "smollm3"})
    void readsPlainArchitectures(String architecture) {
        try (var model = Checkpoint.of(GgufBuilder.completeModel(architecture).read(GgufFile::read))) {
            var config = model.config();
            assertThat(config.architecture()).isEqualTo(architecture);
            assertThat(config.attention(0).headDim()).isEqualTo(4);
            assertThat(config.vocabulary()).isEqualTo(6);
            assertThat(config.eosIds()).containsExactly(1);
            assertThat(config.norms().plusOne()).isFalse();
            assertThat(config.tokens().tiedOutput()).isTrue();
            boolean permuted = architecture.equals("llama") || architecture.equals("smollm3");
            assertThat(model.weights().get(Role.QUERY, 0).order() != null).isEqualTo(permuted);
            assertThat(model.weights().get(Role.OUTPUT, -1).tensor().name()).isEqualTo("token_embd.weight");
        }
    }

    @Test
    void splitsTheFusedTensorsOfPhi3() {
        var built =
                GgufBuilder.model("phi3").tensor("blk.0.attn_qkv.weight", 16, 8).tensor("blk.0.ffn_up.weight", 32, 8);
        try (var model = Checkpoint.of(built.read(GgufFile::read))) {
            assertThat(model.weights().get(Role.VALUE, 0).firstRow()).isEqualTo(12);
            assertThat(model.weights().get(Role.GATE, 0).firstRow()).isZero();
            assertThat(model.weights().get(Role.UP, 0).firstRow()).isEqualTo(16);
        }
    }

    @Test
    void knowsTheWindowPatterns() {
        var gemma2 = GgufBuilder.completeModel("gemma2")
                .whole("gemma2.attention.sliding_window", 8)
                .number("gemma2.attn_logit_softcapping", 50)
                .number("gemma2.final_logit_softcapping", 30);
        try (var model = Checkpoint.of(gemma2.read(GgufFile::read))) {
            assertThat(model.config().layers()).isEqualTo(1);
            assertThat(model.config().attention(0).window()).isEqualTo(8);
            assertThat(model.config().attention(0).rope()).isNotNull();
            assertThat(model.config().attention(0).softCap()).isEqualTo(50);
            assertThat(model.config().tokens().softCap()).isEqualTo(30);
            assertThat(model.config().tokens().embeddingScale()).isEqualTo(Math.sqrt(8));
        }
    }

    /** The defaults of llama.cpp where a file is silent; what it says goes before them, also 0 for none. */
    @Test
    void silentFilesHaveTheDefaultsOfTheirArchitecture() {
        try (var model = Checkpoint.of(GgufBuilder.completeModel("gemma2").read(GgufFile::read))) {
            assertThat(model.config().attention(0).window()).isEqualTo(4096);
            assertThat(model.config().attention(0).softCap()).isEqualTo(50);
            assertThat(model.config().tokens().softCap()).isEqualTo(30);
        }
        var off = GgufBuilder.completeModel("gemma2")
                .whole("gemma2.attention.sliding_window", 0)
                .number("gemma2.attn_logit_softcapping", 0)
                .number("gemma2.final_logit_softcapping", 0);
        try (var model = Checkpoint.of(off.read(GgufFile::read))) {
            assertThat(model.config().attention(0).window()).isZero();
            assertThat(model.config().attention(0).softCap()).isZero();
            assertThat(model.config().tokens().softCap()).isZero();
        }
        try (var model = Checkpoint.of(GgufBuilder.completeModel("gemma3").read(GgufFile::read))) {
            assertThat(model.config().attention(0).window()).isZero();
            assertThat(model.config().tokens().softCap()).isZero();
        }
        assertThat(phi3Window(32, 4096)).isEqualTo(2047);
        assertThat(phi3Window(40, 4096)).isEqualTo(2047);
        assertThat(phi3Window(32, 131_072)).isZero();
        assertThat(phi3Window(3, 4096)).isZero();
    }

    private static int phi3Window(int layers, int context) {
        var built = new GgufBuilder()
                .text("general.architecture", "phi3")
                .whole("phi3.block_count", layers)
                .whole("phi3.context_length", context)
                .whole("phi3.embedding_length", 8)
                .whole("phi3.feed_forward_length", 16)
                .whole("phi3.attention.head_count", 2)
                .number("phi3.attention.layer_norm_rms_epsilon", 1e-5)
                .tensor("token_embd.weight", 6, 8);
        try (var file = built.read(GgufFile::read)) {
            return GgufConfig.read(file, ReadOptions.DEFAULTS).attention(0).window();
        }
    }

    /** 2^32 - 1 is how converters write -1: no token. */
    @Test
    void idsOfMinus1AreNone() {
        var built = GgufBuilder.completeModel("llama")
                .whole("tokenizer.ggml.eot_token_id", -1)
                .raw("tokenizer.ggml.eom_token_id", 5, GgufBuilder.littleEndian(-1));
        try (var file = built.read(GgufFile::read)) {
            assertThat(GgufConfig.read(file, ReadOptions.DEFAULTS).eosIds()).containsExactly(1);
        }
        assertError(
                GgufBuilder.model("llama").raw("tokenizer.ggml.eot_token_id", 5, GgufBuilder.littleEndian(-2)),
                "'tokenizer.ggml.eot_token_id' must be a whole number from 0, not -2");
    }

    /** Tables of whole numbers are skipped; where a weight should be, the type is named. */
    @Test
    void integerTensorsAreNoWeights() {
        var built = GgufBuilder.completeModel("llama")
                .tensor("table", 26, new byte[12], 3)
                .tensor("bytes", 24, new byte[3], 3)
                .tensor("doubles", 28, new byte[16], 2);
        try (var model = Checkpoint.of(built.read(GgufFile::read))) {
            assertThat(model.tensors()).hasSize(11).doesNotContainKey("table");
        }
        var used = GgufBuilder.model("llama").tensor("blk.0.attn_q.weight", 26, new byte[256], 8, 8);
        try (var model = Checkpoint.of(used.read(GgufFile::read))) {
            assertThatThrownBy(() -> model.weights().get(Role.QUERY, 0))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("'blk.0.attn_q.weight' is of type I32, which is not supported for weights");
        }
        // An output matrix of such a type must not pass for one that is tied to the embedding.
        var output = GgufBuilder.completeModel("llama").tensor("output.weight", 26, new byte[192], 6, 8);
        try (var model = Checkpoint.of(output.read(GgufFile::read))) {
            assertThatThrownBy(() -> model.weights().get(Role.OUTPUT, -1)).hasMessageContaining("I32");
        }
    }

    @Test
    void readsEveryRopeScaling() {
        assertThat(rope(GgufBuilder.model("llama"))).isEqualTo(new RopeConfig.None());
        assertThat(rope(GgufBuilder.model("llama")
                        .text("llama.rope.scaling.type", "linear")
                        .number("llama.rope.scaling.factor", 8)))
                .isEqualTo(new RopeConfig.Linear(8));
        assertThat(rope(GgufBuilder.model("qwen2")
                        .text("qwen2.rope.scaling.type", "yarn")
                        .number("qwen2.rope.scaling.factor", 4)
                        .whole("qwen2.rope.scaling.original_context_length", 16)))
                .isEqualTo(new RopeConfig.Yarn(4, 16, 32, 1, RopeConfig.Yarn.defaultAttentionFactor(4), true));
        assertThat(rope(GgufBuilder.model("llama").tensor("rope_freqs.weight", floats(1, 8), 2)))
                .isEqualTo(new RopeConfig.PerFrequency(List.of(1.0, 8.0)));
        assertThat(rope(GgufBuilder.model("phi3")
                        .tensor("rope_factors_short.weight", floats(1, 1), 2)
                        .tensor("rope_factors_long.weight", floats(1, 4), 2)
                        .whole("phi3.rope.scaling.original_context_length", 16)
                        .number("phi3.rope.scaling.attn_factor", 1.25)))
                .isEqualTo(new RopeConfig.LongRope(List.of(1.0, 1.0), List.of(1.0, 4.0), 16, 1.25));
    }

    @Test
    void theContextFollowsTheScaling() {
        var yarn = GgufBuilder.completeModel("qwen2")
                .text("qwen2.rope.scaling.type", "yarn")
                .number("qwen2.rope.scaling.factor", 4);
        try (var model = Checkpoint.of(yarn.read(GgufFile::read))) {
            var lengths = model.config().context();
            assertThat(lengths.scaled()).isEqualTo(4 * lengths.stated());
            assertThat(lengths.tokens()).isEqualTo(lengths.scaled());
        }
        var gemma3 = GgufBuilder.completeModel("gemma3").number("gemma3.rope.scaling.factor", 8);
        try (var model = Checkpoint.of(gemma3.read(GgufFile::read))) {
            var lengths = model.config().context();
            assertThat(lengths.scaled()).isEqualTo(lengths.stated());
        }
    }

    @Test
    void refusesKeysThatItWouldDrop() {
        var yarn = "llama.rope.scaling.type";
        var prefix = "llama.rope.scaling.";
        assertError(
                GgufBuilder.model("llama").text(yarn, "yarn").number(prefix + "yarn_log_multiplier", 0.1),
                "yarn_log_multiplier");
        assertError(
                GgufBuilder.model("llama").text(yarn, "yarn").number(prefix + "yarn_ext_factor", 0.5),
                "yarn_ext_factor' must be 1");
        assertError(GgufBuilder.model("llama").number("llama.logit_scale", 0.5), "key 'logit_scale' is not known");
        assertError(GgufBuilder.model("llama").number("llama.rope.freq_base_swa", 5), "rope.freq_base_swa");
        assertError(
                GgufBuilder.model("llama")
                        .tensor("rope_freqs.weight", floats(1, 8), 2)
                        .number(prefix + "factor", 4),
                "beside a tensor");
    }

    private static RopeConfig.Scaling rope(GgufBuilder built) {
        try (var file = built.read(GgufFile::read)) {
            return Objects.requireNonNull(GgufConfig.read(file, ReadOptions.DEFAULTS)
                            .attention(0)
                            .rope())
                    .scaling();
        }
    }

    private static float[] floats(float... values) {
        return values;
    }

    @Test
    void namesWhatIsWrong() {
        assertError(new GgufBuilder().whole("a", 1), "'general.architecture' is missing");
        assertError(GgufBuilder.model("llamma"), "architecture 'llamma' is not supported; supported are llama, qwen2");
        assertError(GgufBuilder.model("qwen2").whole("qwen2.expert_count", 8), "mixtures of experts");
        assertError(GgufBuilder.model("llama").whole("split.count", 3), "one of 3 parts");
        assertError(GgufBuilder.model("llama").whole("llama.attention.value_length", 6), "values of 6 channels");
        assertError(GgufBuilder.model("llama").whole("llama.rope.dimension_count", 64), "64 rotary channels");
        assertError(GgufBuilder.model("llama").text("llama.rope.freq_base", "x"), "'llama.rope.freq_base'");
        assertError(GgufBuilder.model("llama").text("llama.rope.scaling.type", "magic"), "'magic' is not supported");
        assertError(GgufBuilder.model("llama").tensor("rope_freqs.weight", 3), "must be 2 numbers");
        assertError(new GgufBuilder().text("general.architecture", "llama"), "'llama.embedding_length' is missing");
    }

    private static void assertError(GgufBuilder built, String words) {
        assertThatThrownBy(() -> Checkpoint.of(built.read(GgufFile::read)))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("built.gguf: ")
                .hasMessageContaining(words);
    }

    /** A size that is given layer by layer is read if all layers agree. */
    @Test
    void readsSizesPerLayer() {
        var agreed = GgufBuilder.littleEndian(5, 2L, 3, 3);
        var differing = GgufBuilder.littleEndian(5, 2L, 3, 4);
        assertThat(new Fields(
                                "f",
                                "",
                                new GgufBuilder()
                                        .raw("a", 9, agreed)
                                        .read(GgufFile::read)
                                        .metadata())
                        .positive("a"))
                .isEqualTo(3);
        var fields = new Fields(
                "f",
                "",
                new GgufBuilder().raw("a", 9, differing).read(GgufFile::read).metadata());
        assertThatThrownBy(() -> fields.positive("a"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("differs between layers");
    }
}
