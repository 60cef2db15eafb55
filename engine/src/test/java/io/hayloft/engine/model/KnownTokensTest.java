package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.testing.Shared;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several known tokens of each sequence in a step: the logits of single steps to the bit, whatever the cache is made of. */
class KnownTokensTest {
    private static final KvCodec[] CODECS = {
        new KvCodec.F32(),
        new KvCodec.F16(),
        new KvCodec.Q8(),
        new KvCodec.FlexGen(4, 64, false),
        new KvCodec.Grouped(2, 2, 32, 32),
    };

    private static final int KNOWN = 70;

    /**
     * Layouts with sliding windows, sinks and latent attention among them; prompts on both sides of the 1024 tokens that attention
     * sums up together.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "architectures/llama",
                "architectures/mistral_sliding",
                "architectures/gemma2",
                "architectures-2026/cohere",
                "architectures-2026/deepseek_v2_lite",
                "architectures-2026/gpt_oss",
                "architectures-2026/phi"
            })
    void givesTheBitsOfSingleSteps(String layout) {
        try (var model = Runs.load(Shared.golden(layout), "config.json", 2)) {
            check(model, 40);
            check(model, 990);
        }
    }

    /** One thread for each sequence, or many for all of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void whateverTheNumberOfThreads(int threads) {
        try (var model = Runs.load(Shared.golden("architectures/llama"), "config.json", threads)) {
            check(model, 990);
        }
    }

    /** Weights whose products with many rows of a prompt have other bits than those with a few rows. */
    @ParameterizedTest
    @ValueSource(strings = {"q4_0", "q8_0"})
    void withQuantisedWeights(String type) {
        var file = Shared.golden("quantization/gguf").resolve("tiny_llama_" + type + ".gguf");
        try (var model = LanguageModel.load(Checkpoint.open(file), LoadOptions.withThreads(2))) {
            check(model, 40);
        }
    }

    /** Evicts the tokens with least attention, in some layers more than one at a time. */
    private record Least(int room) implements CachePolicy {
        @Override
        public boolean wantsProbabilities() {
            return true;
        }

        @Override
        public void afterStep(int layer, LayerCache cache, StepAttention attention) {
            for (int head = 0; head < cache.kvHeads(); head++) {
                while (cache.length(head) > room - layer) {
                    var sums = new float[attention.length(head)];
                    attention.addGroupMean(head, sums);
                    int least = 0;
                    for (int slot = 1; slot < cache.length(head); slot++) {
                        least = sums[slot] < sums[least] ? slot : least;
                    }
                    cache.evict(head, least);
                }
            }
        }

        @Override
        public CachePolicy fork() {
            return this;
        }
    }

    @Test
    void policiesActAfterEachToken() {
        int prompt = 200;
        try (var model = Runs.load(Shared.golden("architectures/llama"), "config.json", 2)) {
            var tokens = tokens(model, prompt);
            check(model, tokens, prompt, evicting(model, tokens, prompt), evicting(model, tokens, prompt));
        }
    }

    /** Caches that evict, and one among them that grows. */
    private static SequenceCache[] evicting(LanguageModel model, int[] tokens, int prompt) {
        var caches = read(model, tokens, prompt);
        for (int i = 1; i < 4; i++) {
            try (var full = caches[i]) {
                caches[i] = Compaction.select(full, null, CODECS[i], new Least(prompt + 20 - 10 * i), model.pool());
            }
        }
        return caches;
    }

    private static int[] tokens(LanguageModel model, int prompt) {
        int vocabulary = model.config().vocabulary();
        return new Random(prompt).ints(prompt + KNOWN, 0, vocabulary).toArray();
    }

    private static void check(LanguageModel model, int prompt) {
        var tokens = tokens(model, prompt);
        check(model, tokens, prompt, read(model, tokens, prompt), read(model, tokens, prompt));
    }

    /** Reads with both; closes them. */
    private static void check(
            LanguageModel model, int[] tokens, int prompt, SequenceCache[] single, SequenceCache[] together) {
        int vocabulary = model.config().vocabulary();
        int sequences = single.length;
        try {
            var expected = new float[sequences * vocabulary];
            for (int from = prompt, count; from < tokens.length; from += count) {
                count = Math.min(1 + from % 64, tokens.length - from);
                var logits = new float[sequences * count * vocabulary];
                var known = Arrays.copyOfRange(tokens, from, from + count);
                model.decoder().step(DecodeRows.together(known, together, prompt), logits, StepTimes.NONE);
                for (int i = 0; i < count; i++) {
                    var next = new int[sequences];
                    Arrays.fill(next, known[i]);
                    var prompts = new int[sequences];
                    Arrays.fill(prompts, prompt);
                    model.decoder().step(new DecodeRows(next, single, prompts), expected, StepTimes.NONE);
                    for (int row = 0; row < sequences; row++) {
                        int at = (row * count + i) * vocabulary;
                        var found = Arrays.copyOfRange(logits, at, at + vocabulary);
                        var own = Arrays.copyOfRange(expected, row * vocabulary, (row + 1) * vocabulary);
                        assertThat(found).as("sequence %s at %s", row, from + i).isEqualTo(own);
                    }
                }
            }
            for (int row = 0; row < sequences; row++) {
                assertThat(together[row].nextPosition()).isEqualTo(tokens.length);
                for (int layer = 0; layer < model.config().layers(); layer++) {
                    var one = single[row].layer(layer);
                    var other = together[row].layer(layer);
                    assertThat(other.length(0)).isEqualTo(one.length(0));
                    assertThat(other.position(0, 0)).isEqualTo(one.position(0, 0));
                    assertThat(stored(other)).isEqualTo(stored(one));
                }
            }
        } finally {
            Arrays.stream(single).forEach(SequenceCache::close);
            Arrays.stream(together).forEach(SequenceCache::close);
        }
    }

    /** Keys and values of the first head. */
    private static float[] stored(LayerCache cache) {
        int length = cache.length(0);
        var stored = new float[2 * length * cache.headDim()];
        cache.readKeys(0, 0, length, stored, 0);
        cache.readValues(0, 0, length, stored, length * cache.headDim());
        return stored;
    }

    private static SequenceCache[] read(LanguageModel model, int[] tokens, int prompt) {
        var caches = new SequenceCache[CODECS.length];
        for (int i = 0; i < caches.length; i++) {
            caches[i] = new SequenceCache(model.cacheShape(), CODECS[i], 0);
            model.decoder().prefill(tokens, 0, prompt, caches[i], PrefillOptions.logits(LogitsSink.NONE));
        }
        return caches;
    }

    @Test
    void rowsOfASequenceStandTogether() {
        assertThatThrownBy(() -> new DecodeRows(new int[3], new SequenceCache[3], new int[3], 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
