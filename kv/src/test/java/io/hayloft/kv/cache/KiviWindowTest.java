package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** KIVI in a layer with a sliding window: what stays in the window is what a cache of all tokens holds there. */
class KiviWindowTest {
    private static final int HEADS = 2;
    private static final int DIM = 64;

    @ParameterizedTest
    @CsvSource({"200,32,32", "200,32,128", "40,32,128", "100,64,64", "33,32,32", "300,128,128"})
    void tokensInTheWindowAreThoseOfACacheOfAll(int window, int group, int residual) {
        var codec = new KvCodec.Grouped(2, 4, group, residual);
        var random = new Random(window + group + residual);
        var sliding = new LayerCache(HEADS, DIM, window, codec, 0, false);
        var all = new LayerCache(HEADS, DIM, 0, codec, 0, false);
        try (sliding;
                all) {
            int next = 0;
            int mostDropped = 0;
            while (next < 900) {
                int rows = next % 3 == 0 ? 1 + random.nextInt(150) : 1;
                var keys = numbers(random, rows);
                var values = numbers(random, rows);
                for (var cache : new LayerCache[] {sliding, all}) {
                    cache.append(keys, 0, values, 0, rows, HEADS * DIM, next);
                    cache.advance(next + rows);
                }
                next += rows;
                assertSameWindow(sliding, all, Math.min(next, window - 1), next);
                mostDropped = Math.max(mostDropped, sliding.position(0, 0));
            }
            assertThat(mostDropped).isGreaterThan(900 - window - group - 150);
            assertThat(all.head(0).packedKeys()).isGreaterThan(all.head(0).packedValues() / 2);
        }
    }

    /** The next query sees at least this many tokens: they lie in consecutive slots, with the same numbers in both caches. */
    private static void assertSameWindow(LayerCache sliding, LayerCache all, int seen, int next) {
        for (int head = 0; head < HEADS; head++) {
            int length = sliding.length(head);
            assertThat(length).isGreaterThanOrEqualTo(seen);
            int first = sliding.position(head, 0);
            assertThat(first + length).isEqualTo(next);
            var actual = new float[length * DIM];
            var expected = new float[length * DIM];
            sliding.readKeys(head, 0, length, actual, 0);
            all.readKeys(head, first, length, expected, 0);
            assertThat(actual).isEqualTo(expected);
            sliding.readValues(head, 0, length, actual, 0);
            all.readValues(head, first, length, expected, 0);
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static float[] numbers(Random random, int rows) {
        var numbers = new float[rows * HEADS * DIM];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
