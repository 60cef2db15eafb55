package io.hayloft.bench.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.DecodeRows;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.testing.Shared;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods compared on one text: against themselves, each other, and each alone. */
class TeacherForcingTest {
    private static final List<String> WIDTHS = List.of("kivi:8bit", "kivi:4bit", "kivi:2bit");

    private static LanguageModel embedded() {
        return LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(2));
    }

    private static TeacherForcing.Settings memory(long bytes) {
        return new TeacherForcing.Settings(new KvCodec.F16(), bytes, 0);
    }

    private static List<MethodFidelity> compare(LanguageModel model, List<String> methods, Passage... passages) {
        return TeacherForcing.compare(
                model,
                TeacherForcing.rows(methods),
                List.of(passages),
                memory(Long.MAX_VALUE),
                (done, of) -> assertThat(done).isLessThanOrEqualTo(of));
    }

    @Test
    void fewerBitsAreFartherOnTheEmbeddedModel() {
        try (var model = embedded()) {
            var ids = GeneratedText.tokens(model.tokenizer(), 340);
            assertOrder(compare(model, WIDTHS, new Passage(ids, 280, 280)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SmolLM2-135M-Instruct.Q4_1.gguf", "gemma-3-270m-q4_k_m.gguf"})
    void fewerBitsAreFartherOnRealModels(String file) {
        Path path = Shared.realModel(file);
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(2))) {
            var ids = GeneratedText.tokens(model.tokenizer(), 240);
            assertOrder(compare(model, WIDTHS, new Passage(ids, 200, 200)));
        }
    }

    private static void assertOrder(List<MethodFidelity> results) {
        assertThat(results)
                .extracting(MethodFidelity::method)
                .containsExactly("full", "kivi:8bit", "kivi:4bit", "kivi:2bit");
        var full = results.getFirst();
        assertThat(full.divergence()).isEqualTo(new MethodFidelity.Divergence(0, 0, 0, 0));
        assertThat(full.sameTop()).isEqualTo(1);
        assertThat(full.firstDisagreement()).isNull();
        assertThat(full.shift()).isEqualTo(new MethodFidelity.Shift(0, 0, 0));
        assertThat(full.perplexity()).isGreaterThan(1).isFinite();
        for (int i = 1; i < results.size(); i++) {
            var nearer = results.get(i - 1);
            var farther = results.get(i);
            assertThat(farther.divergence().mean())
                    .isGreaterThan(nearer.divergence().mean());
            assertThat(farther.storedBytes()).isLessThan(nearer.storedBytes());
            assertThat(farther.achievedRatio()).isGreaterThan(nearer.achievedRatio());
        }
    }

    /** Of every kind: shared prefill and its own, policies that evict while decoding, retrieval, codecs, compositions. */
    @Test
    void figuresAreThoseOfEachMethodAlone() {
        var names = List.of(
                "kivi:2bit",
                "flexgen-paper:4bit",
                "snapkv:4x",
                "h2o:4x",
                "streaming:4x",
                "random:4x",
                "infllm:4x",
                "h2o-paper:4x",
                "tova:4x",
                "snapkv:2x + kivi:4bit");
        try (var model = embedded()) {
            var ids = GeneratedText.tokens(model.tokenizer(), 340);
            var passage = new Passage(ids, 300, 300);
            var methods = TeacherForcing.rows(names);
            var settings = new TeacherForcing.Settings(new KvCodec.F16(), 1L << 30, 0);
            var together = TeacherForcing.compare(model, methods, List.of(passage), settings, (_, _) -> {});
            assertThat(together).hasSize(names.size() + 1);
            var full = alone(model, methods.getFirst(), passage);
            for (int i = 0; i < methods.size(); i++) {
                var own = alone(model, methods.get(i), passage);
                double loss = 0;
                double divergence = 0;
                for (int row = 0; row < own.length; row++) {
                    loss -= own[row][ids[passage.prompt() + 1 + row]];
                    divergence += Fidelity.divergence(full[row], own[row]);
                }
                var found = together.get(i);
                assertThat(found.positions()).isEqualTo(own.length);
                assertThat(Math.log(found.perplexity())).as(found.method()).isCloseTo(loss / own.length, within(1e-6));
                assertThat(found.divergence().mean())
                        .as(found.method())
                        .isCloseTo(divergence / own.length, within(1e-6));
            }
        }
    }

    /** Logarithms of the probabilities at each position [positions][vocabulary], decoded without company. */
    private static float[][] alone(LanguageModel model, Method method, Passage passage) {
        var prompt = Arrays.copyOf(passage.tokens(), passage.prompt());
        var rows = new float[passage.positions()][model.config().vocabulary()];
        try (var cache = Generation.caches(
                        model,
                        prompt,
                        passage.compressAfter(),
                        List.<CompressionMethod>of(method),
                        GenerationOptions.greedy(1),
                        GenerationListener.NONE)
                .getFirst()) {
            for (int i = 0; i < rows.length; i++) {
                int at = passage.prompt() + i;
                var step = DecodeRows.of(new int[] {passage.tokens()[at]}, cache);
                model.decoder().step(step, rows[i], StepTimes.NONE);
                Fidelity.normalize(rows[i]);
            }
        }
        return rows;
    }

    /** Memory for one method at a time, besides the full cache: the same numbers, to the bit. */
    @Test
    void methodsThatDoNotFitTogetherAreComparedOneAfterTheOther() {
        try (var model = embedded()) {
            var ids = GeneratedText.tokens(model.tokenizer(), 200);
            var rows = TeacherForcing.rows(List.of("kivi:2bit", "h2o:4x", "random:4x"));
            var passages = List.of(new Passage(ids, 150, 150), new Passage(ids, 100, 90));
            var together = TeacherForcing.compare(model, rows, passages, memory(Long.MAX_VALUE), (done, of) -> {});
            var oneByOne = TeacherForcing.compare(model, rows, passages, memory(1), (done, of) -> {});
            assertThat(oneByOne).isEqualTo(together);
            assertThat(together.getFirst().positions()).isEqualTo(49 + 99);
        }
    }

    @Test
    void onlyCachesOfTheSameTokensAreCompared() {
        assertThat(TeacherForcing.rows(List.of("full", "kivi:2bit", "kivi:2bit")))
                .extracting(Method::name)
                .containsExactly("full", "kivi:2bit");
        assertThatThrownBy(() -> TeacherForcing.rows(List.of("selective:2x")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("shortens the text");
        assertThatThrownBy(() -> new Passage(new int[10], 9, 9)).isInstanceOf(IllegalArgumentException.class);
    }
}
