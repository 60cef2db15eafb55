package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceCacheTest {
    private static final WorkerPool POOL = new WorkerPool(1);

    private static final CacheShape SHAPE = new CacheShape(3, 2, 24, new int[] {0, 40, 0});
    private static final int STRIDE = 2 * 24;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f32",
                "f16",
                "q8",
                "flexgen",
                "kivi",
                "kivi(k=4,v=8,group=64,residual=64,scales=f32)",
                "kivi(k=16,v=2)"
            })
    void bytesAreWhatIsAllocatedAndCloseFreesThem(String codec) {
        long before = NativeMemory.liveBytes();
        try (var cache = new SequenceCache(SHAPE, KvCodec.parse(codec), 100)) {
            append(cache, 0, 150);
            assertThat(cache.bytes())
                    .isEqualTo(NativeMemory.liveBytes() - before)
                    .isPositive();
            append(cache, 150, 300);
            assertThat(cache.bytes()).isEqualTo(NativeMemory.liveBytes() - before);
            try (var copy = cache.fork();
                    var selected = Compaction.select(cache, null, new KvCodec.F16(), 10, null, POOL)) {
                assertThat(cache.bytes() + copy.bytes() + selected.bytes())
                        .isEqualTo(NativeMemory.liveBytes() - before);
            }
        }
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 1000})
    void fullCacheCostsWhatItSays(int tokens) {
        var shape = CacheShape.full(2, 3, 64);
        var codec = new KvCodec.F16();
        try (var cache = new SequenceCache(shape, codec, tokens)) {
            var row = new float[3 * 64];
            for (int token = 0; token < tokens; token++) {
                cache.layer(0).append(row, 0, row, 0, 1, row.length, token);
                cache.layer(1).append(row, 0, row, 0, 1, row.length, token);
            }
            cache.advance(tokens);
            long exact = 2L * tokens * 2 * 3 * 64 * 2;
            long oneBlock = 2L * 32 * 2 * 3 * 64 * 2;
            assertThat(shape.fullBytes(tokens, codec)).isEqualTo(exact);
            assertThat(cache.bytes()).isBetween(exact, exact + oneBlock - 1);
        }
    }

    @Test
    void slidingLayersKeepTheirWindow() {
        try (var cache = new SequenceCache(SHAPE, new KvCodec.F32(), 500);
                var all = new SequenceCache(SHAPE, new KvCodec.F32(), 500, true)) {
            for (int from = 0; from < 500; from += 50) {
                append(cache, from, from + 50);
                append(all, from, from + 50);
            }
            var sliding = cache.layer(1);
            assertThat(sliding.length(0)).isBetween(39, 39 + 31);
            assertThat(sliding.position(0, 0)).isLessThanOrEqualTo(500 - 40 + 1);
            assertThat(sliding.bytes()).isLessThanOrEqualTo(2 * (40 + 31 + 32) * STRIDE * 4L * 32 / 24);
            assertThat(cache.layer(0).length(1)).isEqualTo(500);
            assertThat(all.layer(1).length(0)).isEqualTo(500);
            for (int slot = 0; slot < sliding.length(0); slot++) {
                var key = new float[24];
                sliding.readKeys(0, slot, 1, key, 0);
                assertThat(key).isEqualTo(key(0, sliding.position(0, slot)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void evictionKeepsTheOthers(int seed) {
        var random = new Random(seed);
        var codec = seed % 2 == 0 ? new KvCodec.F32() : new KvCodec.Q8();
        try (var cache = new SequenceCache(CacheShape.full(1, 2, 24), codec, 0)) {
            var layer = cache.layer(0);
            append(cache, 0, 400);
            var expected =
                    IntStream.range(0, 400).mapToObj(i -> read(layer, 1, i)).toArray(float[][]::new);
            long full = layer.bytes();
            while (layer.length(1) > 37) {
                layer.evict(1, random.nextInt(layer.length(1)));
                layer.evict(0, layer.length(0) - 1);
            }
            assertThat(layer.bytes()).isLessThan(full / 3);
            assertThat(layer.position(0, 36)).isEqualTo(36);
            assertThat(IntStream.range(0, 37)
                            .map(slot -> layer.position(1, slot))
                            .distinct()
                            .count())
                    .isEqualTo(37);
            for (int slot = 0; slot < 37; slot++) {
                assertThat(read(layer, 1, slot)).isEqualTo(expected[layer.position(1, slot)]);
            }
            append(cache, 400, 410);
            assertThat(layer.position(1, 46)).isEqualTo(409);
            long tables = layer.positionBytes();
            assertThat(tables).isBetween(2 * 47 * 4L, 2 * 200 * 4L);
            assertThat(cache.bytes()).isEqualTo(layer.bytes() + tables);
        }
    }

    @Test
    void groupedTokensAreNotEvictedOneByOne() {
        try (var cache = new SequenceCache(CacheShape.full(1, 2, 24), KvCodec.parse("kivi"), 0)) {
            append(cache, 0, 10);
            assertThatThrownBy(() -> cache.layer(0).evict(0, 3)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void forkIsIndependent() {
        try (var cache = new SequenceCache(SHAPE, new KvCodec.F16(), 0)) {
            append(cache, 0, 70);
            try (var copy = cache.fork()) {
                var before = read(copy.layer(0), 0, 5);
                cache.layer(0).evict(0, 5);
                append(cache, 70, 90);
                assertThat(read(copy.layer(0), 0, 5)).isEqualTo(before);
                assertThat(copy.layer(0).length(0)).isEqualTo(70);
                assertThat(copy.nextPosition()).isEqualTo(70);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16", "q8"})
    void selectKeepsSlotsPositionsAndValues(String codec) {
        try (var cache = new SequenceCache(SHAPE, new KvCodec.F32(), 0)) {
            append(cache, 0, 100);
            var keep = new int[3][2][];
            for (int layer = 0; layer < 3; layer++) {
                int length = cache.layer(layer).length(0);
                keep[layer][0] =
                        IntStream.range(0, length).filter(i -> i % 3 == 0).toArray();
                keep[layer][1] = IntStream.range(0, length).filter(i -> i > 50).toArray();
            }
            try (var selected = Compaction.select(cache, keep, KvCodec.parse(codec), 20, null, POOL)) {
                assertThat(selected.nextPosition()).isEqualTo(100);
                assertThat(selected.bytes()).isLessThan(cache.bytes());
                for (int head = 0; head < 2; head++) {
                    var kept = keep[2][head];
                    assertThat(selected.layer(2).length(head)).isEqualTo(kept.length);
                    for (int slot = 0; slot < kept.length; slot++) {
                        assertThat(selected.layer(2).position(head, slot)).isEqualTo(kept[slot]);
                        var expected = key(head, kept[slot]);
                        var actual = read(selected.layer(2), head, slot);
                        for (int c = 0; c < 24; c++) {
                            assertThat(Math.abs(actual[c] - expected[c]))
                                    .isLessThan(codec.equals("f32") ? 1e-9f : 0.02f);
                        }
                    }
                }
            }
            keep[0][0] = new int[] {3, 3};
            assertThatThrownBy(() -> Compaction.select(cache, keep, new KvCodec.F16(), 0, null, POOL))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** What the method's published flow holds after a prompt and after each step. */
    @ParameterizedTest
    @ValueSource(ints = {100, 128, 256, 300})
    void groupedCacheQuantisesWhenItIsDue(int prompt) {
        try (var full = new SequenceCache(CacheShape.full(1, 2, 24), new KvCodec.F32(), 0)) {
            append(full, 0, prompt);
            try (var cache = Compaction.select(full, null, KvCodec.parse("kivi"), 200, null, POOL)) {
                for (int tokens = prompt; tokens < prompt + 200; tokens++) {
                    var head = cache.layer(0).head(1);
                    assertThat(head.packedKeys()).isEqualTo(tokens - tokens % 128);
                    assertThat(head.packedValues()).isEqualTo(Math.max(0, tokens - 128));
                    var row = row(tokens, 1);
                    cache.layer(0).append(row, 0, negative(row), 0, 1, STRIDE, tokens);
                    assertThat(cache.layer(0).head(1).packedValues()).isEqualTo(Math.max(0, tokens - 128));
                    cache.advance(1);
                }
            }
        }
    }

    private static void append(SequenceCache cache, int from, int to) {
        var k = new float[(to - from) * STRIDE];
        for (int token = from; token < to; token++) {
            System.arraycopy(row(token, 1), 0, k, (token - from) * STRIDE, STRIDE);
        }
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            cache.layer(layer).append(k, 0, negative(k), 0, to - from, STRIDE, from);
        }
        cache.advance(to - from);
    }

    private static float[] row(int token, int sign) {
        var random = new Random(token);
        var row = new float[STRIDE];
        for (int i = 0; i < STRIDE; i++) {
            row[i] = sign * (float) random.nextGaussian();
        }
        return row;
    }

    private static float[] negative(float[] x) {
        var y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = 0 - x[i];
        }
        return y;
    }

    private static float[] key(int head, int token) {
        return Arrays.copyOfRange(row(token, 1), head * 24, (head + 1) * 24);
    }

    /** A slot's key; checks that its value is the opposite. */
    private static float[] read(LayerCache layer, int head, int slot) {
        var k = new float[24];
        var v = new float[24];
        layer.readKeys(head, slot, 1, k, 0);
        layer.readValues(head, slot, 1, v, 0);
        assertThat(v).isEqualTo(negative(k));
        return k;
    }
}
