package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.LayerShape.KvShape;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceCacheTest {
    private static final WorkerPool POOL = new WorkerPool(1);

    private static final CacheShape SHAPE = CacheShape.windowed(2, 24, 0, 40, 0);
    private static final int STRIDE = 2 * 24;

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16", "q8", "flexgen", "kivi", "kivi(k=4,v=8,group=64,residual=64,scales=f32)"})
    void closingFreesAllMappings(String codec) {
        long before = NativeMemory.mappedBytes();
        try (var cache = new SequenceCache(SHAPE, KvCodec.parse(codec), 100)) {
            append(cache, 0, 150);
            append(cache, 150, 300);
            long alone = NativeMemory.mappedBytes() - before;
            assertThat(alone).isPositive();
            try (var copy = cache.fork();
                    var selected = Compaction.select(cache, null, new KvCodec.F16(), null, POOL)) {
                append(copy, 300, 400);
                assertThat(NativeMemory.mappedBytes() - before).isGreaterThan(alone);
                assertThat(selected.bytes()).isPositive();
            }
            assertThat(NativeMemory.mappedBytes() - before).isEqualTo(alone);
        }
        assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
    }

    /** The first and the last layer stay exact, the others are quantised: tokens and bytes of each are those of its codec. */
    @Test
    void layersMayDifferInTheirCodec() {
        var shape = CacheShape.full(4, 2, 32);
        var packed = KvCodec.parse("flexgen");
        try (var full = new SequenceCache(shape, new KvCodec.F16(), 0)) {
            append(full, 0, 320, 2 * 32);
            try (var cache = Compaction.select(
                            full, null, layer -> layer % 3 == 0 ? full.codec() : packed, null, null, POOL);
                    var all = Compaction.select(full, null, packed, null, POOL)) {
                long exact = 2L * 2 * 32 * 320 * Short.BYTES;
                for (int layer = 0; layer < 4; layer++) {
                    var expected = layer % 3 == 0 ? full : all;
                    CacheOperations.assertSame(cache.layer(layer), expected.layer(layer));
                    long bytes = cache.layer(layer).bytes() - cache.layer(layer).tableBytes();
                    assertThat(bytes).isEqualTo(layer % 3 == 0 ? exact : packed.bytes(2, 32, 320));
                }
                append(cache, 320, 330, 2 * 32);
                append(all, 320, 330, 2 * 32);
                CacheOperations.assertSame(cache.layer(1), all.layer(1));
                assertThat(cache.layer(3).codec()).isEqualTo(new KvCodec.F16());
            }
        }
    }

    /** Slots are given for the attention layer alone; the states around it go along, or do not. */
    @Test
    void statesAreNoSlots() {
        var shape = new CacheShape(List.of(new RecurrentShape(5), new KvShape(2, 24, 0), new RecurrentShape(7)));
        var f16 = new KvCodec.F16();
        try (var cache = new SequenceCache(shape, f16, 0)) {
            append(cache, 0, 100);
            long states = Float.BYTES * (5L + 7);
            assertThat(state(cache, 2)).hasSize(7);
            state(cache, 2)[6] = 3;
            var keep = new int[][][] {{}, {{0, 99}, {7, 8}}};
            try (var some = Compaction.select(cache, keep, f16, null, POOL);
                    var tokens = Compaction.tokens(cache, keep, f16, POOL)) {
                assertThat(state(some, 2)).isEqualTo(state(cache, 2)).isNotSameAs(state(cache, 2));
                assertThat(state(tokens, 0)).isEmpty();
                assertThat(tokens.layer(1).length(1)).isEqualTo(2);
                assertThat(some.bytes()).isEqualTo(tokens.bytes() + states);
                assertThat(ReservedMemory.of(List.of(some))).isEqualTo(ReservedMemory.of(List.of(tokens)) + states);
            }
            assertThat(shape.fullBytes(100, f16))
                    .isEqualTo(shape.withoutStates().fullBytes(100, f16) + states);
        }
    }

    /** A layer that reads another's cache has no state that could not go back. */
    @Test
    void emptyStatesGoBack() {
        var f16 = new KvCodec.F16();
        var kv = new KvShape(2, 24, 0);
        try (var cache = new SequenceCache(new CacheShape(List.of(kv, RecurrentShape.EMPTY)), f16, 0);
                var other = new SequenceCache(new CacheShape(List.of(kv, new RecurrentShape(1))), f16, 0)) {
            append(cache, 0, 100);
            append(other, 0, 100);
            cache.truncate(40);
            assertThat(cache.layer(0).length(0)).isEqualTo(40);
            assertThatThrownBy(() -> other.truncate(40))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("layer 1 is recurrent");
        }
    }

    private static float[] state(SequenceCache cache, int layer) {
        return ((RecurrentState) cache.state(layer)).values();
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

    /** A prompt of one chunk, which sliding layers have dropped most of: what is left takes no more than its blocks. */
    @Test
    void memoryOfTheLastChunkIsGivenBack() {
        try (var cache = new SequenceCache(CacheShape.windowed(2, 24, 40), new KvCodec.F16(), 0)) {
            append(cache, 0, 500);
            long before = cache.bytes();
            cache.giveBack();
            assertThat(before).isGreaterThan(cache.shape().fullBytes(500, new KvCodec.F16()) * 4);
            assertThat(cache.bytes() - cache.layer(0).tableBytes())
                    .isLessThanOrEqualTo(CacheShape.full(1, 2, 24).fullBytes(96, new KvCodec.F16()));
            append(cache, 500, 501);
            assertThat(cache.layer(0).length(0)).isBetween(40, 96);
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
            assertThat(sliding.bytes()).isLessThanOrEqualTo(2 * (40 + 31 + 64) * STRIDE * 4L * 32 / 24);
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
            long tables = layer.tableBytes();
            assertThat(tables).isBetween(2 * 47 * 4L, 2 * 200 * 4L);
            assertThat(cache.bytes()).isEqualTo(layer.bytes());
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
            try (var selected = Compaction.select(cache, keep, KvCodec.parse(codec), null, POOL)) {
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
            assertThatThrownBy(() -> Compaction.select(cache, keep, new KvCodec.F16(), null, POOL))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** What the method's published flow holds after a prompt and after each step. */
    @ParameterizedTest
    @ValueSource(ints = {100, 128, 256, 300})
    void groupedCacheQuantisesWhenItIsDue(int prompt) {
        try (var full = new SequenceCache(CacheShape.full(1, 2, 24), new KvCodec.F32(), 0)) {
            append(full, 0, prompt);
            try (var cache = Compaction.select(full, null, KvCodec.parse("kivi"), null, POOL)) {
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
        append(cache, from, to, STRIDE);
    }

    private static void append(SequenceCache cache, int from, int to, int stride) {
        var k = new float[(to - from) * stride];
        for (int token = from; token < to; token++) {
            System.arraycopy(row(token, 1, stride), 0, k, (token - from) * stride, stride);
        }
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            if (cache.shape().isKv(layer)) {
                cache.layer(layer).append(k, 0, negative(k), 0, to - from, stride, from);
            }
        }
        cache.advance(to - from);
    }

    private static float[] row(int token, int sign) {
        return row(token, sign, STRIDE);
    }

    private static float[] row(int token, int sign, int stride) {
        var random = new Random(token);
        var row = new float[stride];
        for (int i = 0; i < stride; i++) {
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
