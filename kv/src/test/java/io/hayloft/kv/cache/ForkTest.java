package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.CacheOperations.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forks share memory and are independent all the same; caches go back to earlier tokens. */
class ForkTest {
    private static final List<KvCodec> CODECS = List.of(
            new KvCodec.F32(),
            new KvCodec.F16(),
            new KvCodec.Q8(),
            new KvCodec.FlexGen(4, 32, false),
            new KvCodec.FlexGen(2, 64, true),
            new KvCodec.Grouped(2, 2, 32, 32),
            new KvCodec.Grouped(4, 8, 32, 64),
            new KvCodec.Grouped(16, 2, 64, 64, true),
            new KvCodec.Grouped(4, 16, 64, 128),
            new HadamardCodec(4, 32));

    static IntStream seeds() {
        return IntStream.range(0, 30);
    }

    private static Layer layer(int seed) {
        var random = new Random(seed);
        int window = seed % 3 == 0 ? 10 + random.nextInt(120) : 0;
        int reserve = random.nextInt(3) == 0 ? 100 : 0;
        return new Layer(1 + random.nextInt(2), 32, window, CODECS.get(seed % CODECS.size()), reserve);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void forksAreWhatTheyWouldBeAlone(int seed) {
        long before = NativeMemory.mappedBytes();
        var random = new Random(1000 + seed);
        var family = new ArrayList<CacheOperations>();
        family.add(new CacheOperations(layer(seed)));
        for (int round = 0; round < 60; round++) {
            var member = family.get(random.nextInt(family.size()));
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (family.size() < 6) {
                        family.add(member.fork());
                    }
                }
                case 1 -> {
                    if (family.size() > 2) {
                        member.check();
                        member.close();
                        family.remove(member);
                    }
                }
                default -> member.step(random, 70);
            }
        }
        family.forEach(CacheOperations::check);
        family.forEach(CacheOperations::close);
        assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void forksChangeAtTheSameTime(int seed) throws Exception {
        long before = NativeMemory.mappedBytes();
        var source = new CacheOperations(layer(seed));
        var random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            source.step(random, 60);
        }
        var family = new ArrayList<CacheOperations>(List.of(source));
        for (int i = 0; i < 4; i++) {
            family.add(family.get(random.nextInt(family.size())).fork());
        }
        try (var threads = Executors.newFixedThreadPool(family.size())) {
            var results = new ArrayList<Future<?>>();
            for (int i = 0; i < family.size(); i++) {
                var member = family.get(i);
                var own = new Random(seed + 31 * i);
                results.add(threads.submit(() -> {
                    for (int round = 0; round < 40; round++) {
                        member.step(own, 20);
                    }
                    member.check();
                    member.close();
                }));
            }
            for (var result : results) {
                result.get();
            }
        }
        assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f16", "q8", "kivi"})
    void aForkTakesNoMemoryUntilItChanges(String codec) {
        var shape = CacheShape.full(2, 4, 64);
        try (var cache = new SequenceCache(shape, KvCodec.parse(codec), 0)) {
            append(cache, 0, 1000);
            long alone = cache.bytes();
            long before = NativeMemory.mappedBytes();
            try (var fork = cache.fork();
                    var second = fork.fork()) {
                assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
                assertThat(cache.bytes()).isEqualTo(alone);
                assertThat(fork.bytes()).isBetween((long) (0.9 * alone), alone).isEqualTo(second.bytes());
                long heap = heapBytes(cache) + heapBytes(fork) + heapBytes(second);
                assertThat(ReservedMemory.of(List.of(cache, fork, second)) - heap)
                        .isEqualTo(ReservedMemory.of(List.of(cache)) - heapBytes(cache));
                long bytes = fork.bytes();
                append(fork, 1000, 1001);
                long taken = NativeMemory.mappedBytes() - before;
                assertThat(taken).isBetween(1L, alone / 4);
                assertThat(fork.bytes() - bytes).isBetween(0L, alone / 8);
                assertThat(ReservedMemory.of(List.of(cache, fork, second))
                                - ReservedMemory.of(List.of(cache, second))
                                - heapBytes(fork))
                        .isEqualTo(taken);
            }
            assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
        }
    }

    @Test
    void whatAForkTakesDoesNotDependOnWhetherItsSourceLives() {
        var shape = CacheShape.full(1, 2, 64);
        var lengths = new long[2];
        for (int run = 0; run < 2; run++) {
            var cache = new SequenceCache(shape, new KvCodec.F16(), 0);
            append(cache, 0, 500);
            try (var fork = cache.fork()) {
                if (run == 0) {
                    cache.close();
                }
                for (int i = 0; i < 200; i++) {
                    fork.layer(0).evict(i % 2, i % 7);
                }
                append(fork, 500, 610);
                lengths[run] = fork.bytes();
            }
            cache.close();
        }
        assertThat(lengths[0]).isEqualTo(lengths[1]);
    }

    /** A fork that replaced most shared blocks keeps the shared memory as long as somebody uses it, and not longer. */
    @Test
    void sharedMemoryIsLeftWhenItsOtherOwnersAreGone() {
        long before = NativeMemory.mappedBytes();
        var cache = new LayerCache(2, 64, 0, new KvCodec.F16(), 0, false);
        fill(cache, 0, 2000);
        var fork = cache.fork();
        for (int token = 2000; token < 2040; token++) {
            fill(fork, token, token + 1);
            for (int head = 0; head < 2; head++) {
                fork.evict(head, (token - 2000) * 32);
            }
        }
        double said = fork.bytes() - fork.tableBytes();
        assertThat(NativeMemory.mappedBytes() - before).isGreaterThan((long) (1.5 * said)); // copies of blocks
        cache.close();
        fork.advance(2040);
        assertThat(fork.bytes() - fork.tableBytes()).isEqualTo((long) said);
        assertThat((NativeMemory.mappedBytes() - before) / said).isBetween(0.97, 1.03);
        fork.close();
        assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16", "q8", "flexgen", "kivi(residual=256)"})
    void goingBackIsAsIfTheTokensHadNeverCome(String codec) {
        var layer = new Layer(2, 64, 0, KvCodec.parse(codec), 0);
        var straight = new CacheOperations(layer);
        var back = new CacheOperations(layer);
        try (straight;
                back) {
            fill(straight.cache(), 0, 130);
            fill(back.cache(), 0, 130);
            fill(back.cache(), 130, 240);
            back.cache().truncate(130);
            CacheOperations.assertSame(back.cache(), straight.cache());
            fill(straight.cache(), 130, 140);
            fill(back.cache(), 130, 140);
            CacheOperations.assertSame(back.cache(), straight.cache());
            back.cache().truncate(0);
            assertThat(back.cache().length(1)).isZero();
        }
    }

    @Test
    void goingBackFreesMemory() {
        var cache = new LayerCache(2, 64, 0, new KvCodec.F16(), 0, false);
        fill(cache, 0, 4000);
        long bytes = cache.bytes();
        cache.truncate(400);
        assertThat(cache.bytes()).isLessThan(bytes / 8);
        cache.close();
    }

    @Test
    void packedTokensDoNotGoBack() {
        try (var cache = new SequenceCache(CacheShape.full(1, 1, 32), KvCodec.parse("kivi"), 0)) {
            append(cache, 0, 300);
            cache.truncate(256); // keys up to 255 are packed, values up to 171
            assertThat(cache.layer(0).length(0)).isEqualTo(256);
            assertThatThrownBy(() -> cache.truncate(255))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("tokens up to 255 are packed");
            assertThat(cache.nextPosition()).isEqualTo(256);
            assertThat(cache.layer(0).length(0)).isEqualTo(256);
        }
    }

    @Test
    void aWindowThatHasMovedOnDoesNotGoBack() {
        var shape = CacheShape.windowed(1, 32, 0, 40);
        try (var cache = new SequenceCache(shape, new KvCodec.F16(), 0)) {
            append(cache, 0, 200);
            int first = cache.layer(1).position(0, 0);
            cache.truncate(first + 40); // the next token sees the 39 before it
            assertThat(cache.layer(1).length(0)).isEqualTo(40);
            int lowest = first + 38;
            assertThatThrownBy(() -> cache.truncate(lowest))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("have left the sliding window of 40 tokens");
            assertThat(cache.layer(0).length(0)).isEqualTo(first + 40); // no layer has changed
        }
    }

    /** A cache that went back to the beginning is as good as new, wherever its windows had been. */
    @Test
    void goingBackToTheBeginningForgetsTheWindow() {
        var shape = CacheShape.windowed(1, 32, 0, 40);
        try (var cache = new SequenceCache(shape, new KvCodec.F16(), 0);
                var fresh = new SequenceCache(shape, new KvCodec.F16(), 0)) {
            append(cache, 0, 200);
            assertThat(cache.layer(1).position(0, 0)).isPositive();
            cache.truncate(0);
            append(cache, 0, 50);
            append(fresh, 0, 50);
            cache.truncate(45); // nothing has left the window
            fresh.truncate(45);
            for (int layer = 0; layer < 2; layer++) {
                assertThat(cache.layer(layer).length(0)).isEqualTo(45);
                for (int slot = 0; slot < 45; slot++) {
                    assertThat(cache.layer(layer).position(0, slot)).isEqualTo(slot);
                    var keys = new float[2][32];
                    cache.layer(layer).readKeys(0, slot, 1, keys[0], 0);
                    fresh.layer(layer).readKeys(0, slot, 1, keys[1], 0);
                    assertThat(keys[0]).isEqualTo(keys[1]);
                }
            }
        }
    }

    @Test
    void evictedTokensStayAwayAndMovedOnesGo() {
        var cache = new LayerCache(1, 32, 0, new KvCodec.F16(), 0, false);
        fill(cache, 0, 50);
        cache.evict(0, 3);
        fill(cache, 50, 60);
        cache.evict(0, new int[] {7, 20}); // the newest tokens move to slots 20 and 7
        cache.truncate(50);
        assertThat(IntStream.range(0, cache.length(0)).map(slot -> cache.position(0, slot)))
                .doesNotContain(3, 7, 20)
                .hasSize(47)
                .allMatch(position -> position < 50);
        for (int slot = 0; slot < 47; slot++) {
            var key = new float[32];
            cache.readKeys(0, slot, 1, key, 0);
            assertThat(key[0]).isEqualTo(cache.position(0, slot));
        }
        cache.close();
    }

    private static long heapBytes(SequenceCache cache) {
        return IntStream.range(0, cache.shape().layers())
                .mapToLong(layer -> cache.layer(layer).tableBytes())
                .sum();
    }

    private static void append(SequenceCache cache, int from, int to) {
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            append(cache.layer(layer), from, to);
        }
        cache.advance(to - from);
    }

    private static void fill(LayerCache cache, int from, int to) {
        append(cache, from, to);
        cache.advance(to);
    }

    private static void append(LayerCache cache, int from, int to) {
        int width = cache.kvHeads() * cache.headDim();
        var rows = new float[(to - from) * width];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = from + i / width;
        }
        cache.append(rows, 0, rows, 0, to - from, width, from);
    }
}
