package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.attention.PrefillAttention;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A codec that stores rotated tokens: attention over it is attention over tokens that were rotated by hand. */
@Tag("simd")
class HadamardCodecTest {
    private static final WorkerPool POOL = new WorkerPool(1);
    private static final HadamardCodec CODEC = new HadamardCodec(4, 32);
    private static final KvCodec INNER = new KvCodec.FlexGen(4, 32, false);
    private static final int KV_HEADS = 2;
    private static final int QUERY_HEADS = 6;
    private static final int TOKENS = 1300; // more than one split of the decode step

    private final Random random = new Random(5);

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void decodeRotatesQueriesAndOutputs(int dim) {
        var k = gaussian(TOKENS * KV_HEADS * dim);
        var v = gaussian(TOKENS * KV_HEADS * dim);
        var q = gaussian(QUERY_HEADS * dim);
        var actual = decode(CODEC, dim, k, v, q);
        var expected = decode(INNER, dim, rotated(k, dim), rotated(v, dim), rotated(q, dim));
        assertNear(actual, rotated(expected, dim));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128})
    void prefillRotatesQueriesAndOutputs(int dim) {
        int rows = 50;
        var k = gaussian(TOKENS * KV_HEADS * dim);
        var v = gaussian(TOKENS * KV_HEADS * dim);
        var q = gaussian(rows * QUERY_HEADS * dim);
        var actual = prefill(CODEC, dim, k, v, q, rows);
        var expected = prefill(INNER, dim, rotated(k, dim), rotated(v, dim), rotated(q, dim), rows);
        assertNear(actual, rotated(expected, dim));
    }

    /** One large channel costs the others of its group their precision, unless it is spread over all channels. */
    @Test
    void anOutlierCostsLessWhereItIsSpread() {
        var k = gaussian(64);
        assertThat(error(CODEC, k)).isLessThan(1);
        k[5] = 40;
        assertThat(error(CODEC, k)).isLessThan(0.7 * error(INNER, k));
    }

    /** Distance of a key that is read from the one appended. */
    private static double error(KvCodec codec, float[] key) {
        try (var cache = new SequenceCache(CacheShape.full(1, 1, 64), codec, 0)) {
            cache.layer(0).append(key, 0, key, 0, 1, 64, 0);
            var read = new float[64];
            cache.layer(0).readKeys(0, 0, 1, read, 0);
            double sum = 0;
            for (int c = 0; c < 64; c++) {
                sum += Math.pow(read[c] - key[c], 2);
            }
            return Math.sqrt(sum);
        }
    }

    private static float[] decode(KvCodec codec, int dim, float[] k, float[] v, float[] q) {
        var shape = shape(dim);
        try (var cache = new SequenceCache(CacheShape.full(1, KV_HEADS, dim), codec, 0)) {
            cache.layer(0).append(k, 0, v, 0, TOKENS, KV_HEADS * dim, 0);
            var out = new float[q.length];
            DecodeAttention.attend(
                    shape,
                    0,
                    new LayerCache[] {cache.layer(0)},
                    new CachePolicy[1],
                    q,
                    new int[] {TOKENS - 1},
                    out,
                    POOL);
            return out;
        }
    }

    private static float[] prefill(KvCodec codec, int dim, float[] k, float[] v, float[] q, int rows) {
        try (var cache = new SequenceCache(CacheShape.full(1, KV_HEADS, dim), codec, 0)) {
            cache.layer(0).append(k, 0, v, 0, TOKENS, KV_HEADS * dim, 0);
            var out = new float[q.length];
            PrefillAttention.attend(shape(dim), cache.layer(0), q, rows, TOKENS - rows, out, POOL, null);
            return out;
        }
    }

    private static AttentionShape shape(int dim) {
        return new AttentionShape(QUERY_HEADS, KV_HEADS, dim, (float) (1 / Math.sqrt(dim)), 0, 0);
    }

    private static float[] rotated(float[] rows, int dim) {
        var result = rows.clone();
        for (int at = 0; at < result.length; at += dim) {
            HadamardCodec.rotate(result, at, dim);
        }
        return result;
    }

    private static void assertNear(float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(2e-5f));
        }
    }

    private float[] gaussian(int count) {
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
