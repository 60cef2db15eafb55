package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("simd")
class StepScoresTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 8, 1, 0, 0);
    private static final int TILE = TileSoftmax.TILE;

    /** Two tiles and a part, with a score that each query head and slot has alone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 300})
    void scoresBecomeProbabilities(int tokens) {
        try (var cache = cache(tokens)) {
            var scores = new StepScores();
            scores.begin(SHAPE, cache.layer(0), true);
            record(scores, cache);
            for (int head = 0; head < 4; head++) {
                scores.normalise(head, 5, 0.25f);
            }
            var attention = scores.attention();
            assertThat(attention.hasProbabilities()).isTrue();
            for (int head = 0; head < 4; head++) {
                assertThat(attention.length(head / 2)).isEqualTo(tokens);
                for (int slot = 0; slot < tokens; slot++) {
                    double expected = 0.25 * Math.exp(score(head, slot) - 5);
                    assertThat((double) attention.probability(head, slot))
                            .as("head %d, slot %d", head, slot)
                            .isCloseTo(expected, within(1e-6));
                }
            }
        }
    }

    /** Tiles that a step skips, behind a sliding window or a mask, have no probability: not that of the step before. */
    @Test
    void aStepShowsNothingOfTheOneBefore() {
        try (var cache = cache(300)) {
            var scores = new StepScores();
            scores.begin(SHAPE, cache.layer(0), true);
            record(scores, cache);
            scores.begin(SHAPE, cache.layer(0), true);
            scores.normalise(3, 0, 1);
            for (int slot = 0; slot < 300; slot++) {
                assertThat(scores.attention().probability(3, slot)).isZero();
            }
        }
    }

    @Test
    void aPolicyThatWantsNoProbabilitiesSeesLengthsOnly() {
        try (var cache = cache(40)) {
            var scores = new StepScores();
            scores.begin(SHAPE, cache.layer(0), false);
            record(scores, cache);
            scores.normalise(0, 0, 1);
            assertThat(scores.attention().hasProbabilities()).isFalse();
            assertThat(scores.attention().length(1)).isEqualTo(40);
        }
    }

    private static float score(int head, int slot) {
        return 4 - head - 0.01f * slot;
    }

    /** Records all tiles of both KV heads. */
    private static void record(StepScores scores, SequenceCache cache) {
        for (int kvHead = 0; kvHead < 2; kvHead++) {
            var head = cache.layer(0).head(kvHead);
            for (int tile = 0; tile < head.end(); tile += TILE) {
                var tileScores = new float[2 * TILE];
                Arrays.fill(tileScores, Float.NaN);
                for (int g = 0; g < 2; g++) {
                    for (int i = 0; i < Math.min(TILE, head.end() - tile); i++) {
                        tileScores[g * TILE + i] = score(2 * kvHead + g, tile + i);
                    }
                }
                scores.record(kvHead, head, tile, tileScores);
            }
        }
    }

    private static SequenceCache cache(int tokens) {
        var cache = new SequenceCache(CacheShape.full(1, 2, 8), new KvCodec.F32(), 0);
        var rows = new float[tokens * 16];
        cache.layer(0).append(rows, 0, rows, 0, tokens, 16, 0);
        cache.advance(tokens);
        return cache;
    }
}
