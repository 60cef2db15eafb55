package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepScoresTest {
    private static final AttentionShape SHAPE = new AttentionShape(4, 2, 8, 1, 0, 0);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepsShareBuffersAndHaveProbabilitiesOnlyIfWanted(boolean wanted) {
        var scores = new StepScores();
        try (var cache = new SequenceCache(CacheShape.full(1, 2, 8), new KvCodec.F32(), 0)) {
            append(cache, 100);
            scores.begin(SHAPE, cache.layer(0), wanted);
            var first = scores.attention();
            assertThat(first.hasProbabilities()).isEqualTo(wanted);
            append(cache, 1);
            scores.begin(SHAPE, cache.layer(0), wanted);
            assertThat(scores.attention()).isSameAs(first);
            assertThat(first.length(1)).isEqualTo(101);
            append(cache, 500);
            scores.begin(SHAPE, cache.layer(0), wanted);
            scores.normalise(3, 0, 1);
            assertThat(scores.attention().length(0)).isEqualTo(601);
            if (wanted) {
                assertThat(scores.attention().probability(3, 600)).isZero(); // nothing was recorded
            }
        }
    }

    private static void append(SequenceCache cache, int tokens) {
        var rows = new float[tokens * 16];
        cache.layer(0).append(rows, 0, rows, 0, tokens, 16, cache.nextPosition());
        cache.advance(tokens);
    }
}
