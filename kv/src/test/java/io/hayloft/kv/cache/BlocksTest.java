package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each store's kernels against what its tokens decode to, one by one. */
@Tag("simd")
class BlocksTest {
    private static final int[] DIMS = {12, 16, 24, 32, 64, 80, 128};
    private static final String[] CODECS = {
        "f32",
        "f16",
        "q8",
        "flexgen",
        "flexgen(bits=2,group=32,scales=f32)",
        "kivi(k=2,v=2,residual=32)",
        "kivi(k=4,v=8,group=64,residual=64)",
        "kivi(k=8,v=4,residual=64,scales=f32)",
        "kivi(k=16,v=2,residual=32)"
    };

    static IntStream seeds() {
        return IntStream.range(0, 70);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void blocksMultiplyAndExpandWhatTheyDecodeTo(int seed) {
        var random = new Random(seed);
        int dim = DIMS[seed % DIMS.length];
        var codec = KvCodec.parse(CODECS[seed / DIMS.length % CODECS.length]);
        int heads = 1 + random.nextInt(9);
        int tokens = 150 + random.nextInt(150);
        try (var cache = new SequenceCache(CacheShape.full(1, 1, dim), codec, 0)) {
            var k = gaussian(random, tokens * dim);
            var v = gaussian(random, tokens * dim);
            cache.layer(0).append(k, 0, v, 0, tokens, dim, 0);
            cache.advance(tokens);
            cache.layer(0).readKeys(0, 0, tokens, k, 0);
            cache.layer(0).readValues(0, 0, tokens, v, 0);
            for (int block = 0; block * 32 < tokens; block++) {
                int here = Math.min(32, tokens - block * 32);
                checkScores(cache.layer(0).head(0), block, here, dim, heads, k, random);
                checkValues(cache.layer(0).head(0), block, here, dim, heads, v, random);
                checkExpansion(cache.layer(0).head(0), block, here, dim, k, v);
            }
        }
    }

    private static void checkScores(
            HeadCache head, int block, int tokens, int dim, int heads, float[] k, Random random) {
        var q = gaussian(random, heads * dim);
        var scratch = new BlockScratch();
        scratch.setQueries(q, 0, heads, dim, 0.25f);
        var out = new float[heads * 40];
        head.addScores(scratch, block, out, 3, 40);
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < tokens; t++) {
                double sum = 0;
                for (int c = 0; c < dim; c++) {
                    sum += 0.25 * q[h * dim + c] * k[(block * 32 + t) * dim + c];
                }
                assertThat(Math.abs(out[3 + h * 40 + t] - sum)).isLessThan(2e-5);
            }
        }
    }

    private static void checkValues(
            HeadCache head, int block, int tokens, int dim, int heads, float[] v, Random random) {
        var p = new float[heads * 32];
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < tokens; t++) {
                p[h * 32 + t] = random.nextFloat();
            }
        }
        int stride = head.valueFloats();
        var out = new float[heads * stride];
        head.addValues(new BlockScratch(), block, p, 0, 32, heads, out, 0, stride);
        for (int h = 0; h < heads; h++) {
            head.finishValues(out, h * stride);
            for (int c = 0; c < dim; c++) {
                double sum = 0;
                for (int t = 0; t < tokens; t++) {
                    sum += (double) p[h * 32 + t] * v[(block * 32 + t) * dim + c];
                }
                assertThat(Math.abs(out[h * stride + c] - sum)).isLessThan(2e-5);
            }
        }
    }

    private static void checkExpansion(HeadCache head, int block, int tokens, int dim, float[] k, float[] v) {
        int stride = HeadCache.paddedChannels(dim) + 32;
        var keys = new float[dim * 40];
        var values = new float[32 * stride];
        head.expandKeys(block, keys, 0, 40);
        head.expandValues(block, values, 0, stride);
        for (int t = 0; t < tokens; t++) {
            for (int c = 0; c < dim; c++) {
                assertThat(keys[c * 40 + t]).isEqualTo(k[(block * 32 + t) * dim + c]);
                assertThat(values[t * stride + c]).isEqualTo(v[(block * 32 + t) * dim + c]);
            }
        }
    }

    private static float[] gaussian(Random random, int count) {
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
