package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
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

    /** Layouts with sliding windows, sinks and latent attention among them; prompts on both sides of the 1024 tokens that attention sums up together. */
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
            for (int prompt : new int[] {40, 990}) {
                check(model, prompt);
            }
        }
    }

    private static void check(LanguageModel model, int prompt) {
        int vocabulary = model.config().vocabulary();
        var tokens = new Random(prompt).ints(prompt + KNOWN, 0, vocabulary).toArray();
        var single = read(model, tokens, prompt);
        var together = read(model, tokens, prompt);
        try {
            var expected = new float[CODECS.length * vocabulary];
            for (int from = prompt, count; from < tokens.length; from += count) {
                count = Math.min(1 + from % 64, tokens.length - from);
                var logits = new float[CODECS.length * count * vocabulary];
                var known = Arrays.copyOfRange(tokens, from, from + count);
                model.decoder().step(DecodeRows.together(known, together, prompt), logits, StepTimes.NONE);
                for (int i = 0; i < count; i++) {
                    var next = new int[CODECS.length];
                    Arrays.fill(next, known[i]);
                    var prompts = new int[CODECS.length];
                    Arrays.fill(prompts, prompt);
                    model.decoder().step(new DecodeRows(next, single, prompts), expected, StepTimes.NONE);
                    for (int row = 0; row < CODECS.length; row++) {
                        int at = (row * count + i) * vocabulary;
                        var found = Arrays.copyOfRange(logits, at, at + vocabulary);
                        var own = Arrays.copyOfRange(expected, row * vocabulary, (row + 1) * vocabulary);
                        assertThat(found)
                                .as("%s at %s", CODECS[row].text(), from + i)
                                .isEqualTo(own);
                    }
                }
            }
            for (int row = 0; row < CODECS.length; row++) {
                assertThat(together[row].nextPosition()).isEqualTo(tokens.length);
                for (int layer = 0; layer < model.config().layers(); layer++) {
                    var one = single[row].layer(layer);
                    var other = together[row].layer(layer);
                    assertThat(other.length(0)).isEqualTo(one.length(0));
                    assertThat(other.position(0, 0)).isEqualTo(one.position(0, 0));
                }
            }
        } finally {
            Arrays.stream(single).forEach(SequenceCache::close);
            Arrays.stream(together).forEach(SequenceCache::close);
        }
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
