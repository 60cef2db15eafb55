package io.hayloft.benchmarks.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files are those of a model: they load, have the type and the spread they should, and run. */
class RandomGgufTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() {
        for (var type : WeightType.values()) {
            RandomGguf.write(ModelShape.TINY, type, 1, file(type));
        }
    }

    private static Path file(WeightType type) {
        return folder.resolve(type + ".gguf");
    }

    @ParameterizedTest
    @EnumSource
    void weightsHaveTheirTypeAndSpread(WeightType type) {
        try (var gguf = GgufFile.open(file(type))) {
            var down = gguf.tensors().get("blk.1.ffn_down.weight");
            assertThat(down).isNotNull();
            assertThat(down.type()).isEqualTo(type.tensorType());
            assertThat(down.shape()).containsExactly(256, 512);
            var values = down.toFloats();
            double sum = 0;
            double squares = 0;
            for (float value : values) {
                sum += value;
                squares += value * value;
            }
            double deviation = Math.sqrt(squares / values.length);
            assertThat(deviation * Math.sqrt(512)).isCloseTo(1, within(0.06));
            assertThat(sum / values.length / deviation).isCloseTo(0, within(0.12));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theModelRunsWithLogitsOfModerateSize(WeightType type) {
        try (var model = LanguageModel.load(file(type), LoadOptions.withThreads(1));
                var cache = new SequenceCache(model.cacheShape(), new KvCodec.F32(), 0, true)) {
            var ids = model.tokenizer().encode("hello world", true, false);
            var logits = new float[model.config().vocabulary()];
            model.decoder()
                    .prefill(
                            ids,
                            0,
                            ids.length,
                            cache,
                            new PrefillOptions(64, null, last(ids.length, logits), ProgressListener.NONE));
            model.decoder().step(new int[] {ids[0]}, new SequenceCache[] {cache}, logits);
            double squares = 0;
            for (float logit : logits) {
                squares += logit * logit;
            }
            assertThat(Math.sqrt(squares / logits.length)).isBetween(0.5, 2.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jamba-tiny", "falcon-h1-tiny"})
    void hybridsRunWithFiniteLogitsOfTheirPrompt(String shape) {
        var path = folder.resolve(shape + ".gguf");
        RandomGguf.write(ModelShape.named(shape), WeightType.Q8_0, 1, path);
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(1));
                var one = new SequenceCache(model.cacheShape(), new KvCodec.F32(), 0, true);
                var other = new SequenceCache(model.cacheShape(), new KvCodec.F32(), 0, true)) {
            var ids = model.tokenizer().encode("hello world of hay", true, false);
            var logits = new float[model.config().vocabulary()];
            var options = new PrefillOptions(64, null, last(ids.length, logits), ProgressListener.NONE);
            model.decoder().prefill(ids, 0, ids.length, one, options);
            var first = logits.clone();
            ids[0] = 7;
            model.decoder().prefill(ids, 0, ids.length, other, options);
            double squares = 0;
            for (float logit : first) {
                squares += logit * logit;
            }
            assertThat(Math.sqrt(squares / first.length)).isBetween(0.3, 3.0);
            assertThat(logits).isNotEqualTo(first); // the first token is remembered
        }
    }

    static List<String> families() {
        return RandomFamily.names();
    }

    /** Written and read: read in one piece or token by token, it is the same model. */
    @ParameterizedTest
    @MethodSource("families")
    void familiesRunWithFiniteLogits(String shape) {
        var path = folder.resolve(shape + ".gguf");
        RandomGguf.write(RandomFamily.plan(shape, WeightType.Q8_0, 1), path);
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(1));
                var one = new SequenceCache(model.cacheShape(), new KvCodec.F32(), 0, true);
                var other = new SequenceCache(model.cacheShape(), new KvCodec.F32(), 0, true)) {
            var ids = model.tokenizer().encode("hello world of hay", true, false);
            var logits = new float[model.config().vocabulary()];
            var options = new PrefillOptions(64, null, last(ids.length, logits), ProgressListener.NONE);
            model.decoder().prefill(ids, 0, ids.length, one, options);
            var stepped = new float[logits.length];
            for (int id : ids) {
                model.decoder().step(new int[] {id}, new SequenceCache[] {other}, stepped);
            }
            double squares = 0;
            for (int i = 0; i < logits.length; i++) {
                squares += logits[i] * logits[i];
                assertThat(stepped[i]).isCloseTo(logits[i], within(0.01f));
            }
            assertThat(Math.sqrt(squares / logits.length)).isBetween(0.2, 5.0);
        }
    }

    private static LogitsSink last(int rows, float[] logits) {
        return new LogitsSink() {
            @Override
            public boolean wants(int row) {
                return row == rows - 1;
            }

            @Override
            public void accept(int row, float[] all, int at) {
                System.arraycopy(all, at, logits, 0, logits.length);
            }
        };
    }

    @Test
    void wordsOfSmallLettersAreMerged() {
        try (var model = LanguageModel.load(file(WeightType.Q8_0), LoadOptions.withThreads(1))) {
            var tokenizer = model.tokenizer();
            // 256 bytes, 676 pairs, then triples from aaa on
            assertThat(tokenizer.encode("ab", true, false)).containsExactly(257);
            assertThat(tokenizer.encode("abc", true, false)).containsExactly(256 + 676 + 28);
            var text = "Héllo, wörld 42!\n";
            assertThat(tokenizer.decode(tokenizer.encode(text, true, false), false))
                    .isEqualTo(text);
            assertThat(model.config().eosIds()).containsExactly(1023);
        }
    }

    @Test
    void theSeedDecidesTheContent() throws IOException {
        var again = folder.resolve("again.gguf");
        var other = folder.resolve("other.gguf");
        RandomGguf.write(ModelShape.TINY, WeightType.Q4_0, 1, again);
        RandomGguf.write(ModelShape.TINY, WeightType.Q4_0, 2, other);
        assertThat(again).hasSameBinaryContentAs(file(WeightType.Q4_0));
        assertThat(Files.mismatch(again, other)).isGreaterThan(0);
    }

    @Test
    void blocksMustFitTheRows() {
        assertThatThrownBy(() ->
                        RandomGguf.write(ModelShape.SMOLLM2_135M, WeightType.Q4_K, 1, folder.resolve("wrong.gguf")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("rows of 576");
        assertThat(folder.resolve("wrong.gguf")).doesNotExist();
    }

    @Test
    void unknownNamesAreNamed() {
        assertThatThrownBy(() -> ModelShape.named("large"))
                .hasMessage("unknown shape 'large': known are: tiny, 135m, 1b, 8b, mamba-130m, mamba2-130m,"
                        + " jamba-tiny, falcon-h1-tiny, falcon-h1-0.5b, mixtral-tiny, qwen2-moe-tiny, qwen3-moe-tiny,"
                        + " gpt-oss-tiny, lfm2-tiny, granite-hybrid-tiny, qwen3-next-tiny, nemotron-h-tiny,"
                        + " deepseek-v2-tiny, deepseek-v3-tiny, gemma3n-tiny, rwkv5-tiny, rwkv5-169m,"
                        + " recurrentgemma-tiny, recurrentgemma-130m");
        assertThatThrownBy(() -> ModelShape.named("125m")).hasMessageContaining("did you mean '135m'?");
        assertThatThrownBy(() -> WeightType.named("int4")).hasMessageContaining("q8_0, q4_0");
        assertThatThrownBy(() -> WeightType.named("q4k")).hasMessageContaining("did you mean 'q4_k'?");
    }

    /** Factors as the checkpoints of Llama 3.2 have them: none for fast turns, 32 for slow ones, in between rising. */
    @Test
    void llamaFrequenciesAreScaled() {
        var factors = ModelShape.LLAMA_1B.ropeFactors();
        assertThat(factors).hasSize(32).isSorted();
        assertThat(factors.getFirst()).isEqualTo(1);
        assertThat(factors.getLast()).isEqualTo(32);
        assertThat(factors.stream().filter(f -> f > 1 && f < 32)).isNotEmpty();
    }
}
