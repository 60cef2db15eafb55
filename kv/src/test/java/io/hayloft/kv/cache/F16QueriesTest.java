package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores of 16-bit keys, whose kernel multiplies queries with 2^112. */
@Tag("simd")
class F16QueriesTest {
    private static final int TOKENS = BlockFormat.TOKENS;

    /** Queries times the scale of 2^-20 to 2^40, whose products with keys are all floats. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void queriesOfAnySizeGiveTheirScores(int seed) {
        var random = new Random(seed);
        int channels = 1 + random.nextInt(130);
        int heads = 1 + random.nextInt(8);
        for (int exponent = -20; exponent <= 40; exponent += 4) {
            var q = gaussian(random, heads * channels, Math.scalb(1.0, exponent));
            var k = gaussian(random, TOKENS * channels, 1);
            k[0] = 0; // what infinity would turn into NaN
            var scores = scores(q, 1, heads, channels, k);
            for (int head = 0; head < heads; head++) {
                for (int token = 0; token < TOKENS; token++) {
                    float expected = 0;
                    for (int c = 0; c < channels; c++) {
                        expected = Math.fma(
                                q[head * channels + c],
                                Float.float16ToFloat(Float.floatToFloat16(k[token * channels + c])),
                                expected);
                    }
                    assertThat(scores[head * TOKENS + token])
                            .as("2^%d, head %d, token %d", exponent, head, token)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** One head's queries do not change what another head's give. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void oneLargeHeadChangesNoBitOfOthers(int seed) {
        var random = new Random(seed);
        int channels = 16 * seed + 5;
        int heads = 4;
        var q = gaussian(random, heads * channels, 1);
        var k = gaussian(random, TOKENS * channels, 1);
        var expected = scores(q, 0.125f, heads, channels, k);
        q[3 * channels + 2] = 1e9f;
        var scores = scores(q, 0.125f, heads, channels, k);
        assertThat(Arrays.copyOf(scores, 3 * TOKENS)).isEqualTo(Arrays.copyOf(expected, 3 * TOKENS));
        assertThat(scores).doesNotContain(Float.NaN);
    }

    private static float[] gaussian(Random random, int count, double deviation) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** Scores [heads][32] of the first block of a cache. */
    private static float[] scores(float[] q, float scale, int heads, int channels, float[] keys) {
        var scratch = new BlockScratch();
        scratch.setQueries(q, 0, heads, channels, scale);
        var out = new float[heads * TOKENS];
        try (var cache = new SequenceCache(CacheShape.full(1, 1, channels), new KvCodec.F16(), 0)) {
            cache.layer(0).append(keys, 0, keys, 0, TOKENS, channels, 0);
            cache.layer(0).head(0).addScores(scratch, 0, out, 0, TOKENS);
        }
        return out;
    }
}
