package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.base.UserError;
import io.hayloft.formats.memory.MemoryLimit;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When memory runs out, wherever that is, nothing that was built stays behind. */
class FailureTest {
    private static final CacheShape SHAPE = CacheShape.windowed(3, 32, 0, 64, 0);
    private static final int WIDTH = 3 * 32;

    /** Does something with less memory than it needs, with more and more of it until it is enough. */
    private static int failures(Runnable work) {
        long live = NativeMemory.liveBytes();
        long mapped = NativeMemory.mappedBytes();
        for (int reservations = 0; ; reservations++) {
            try (var limit = MemoryLimit.reservations(reservations)) {
                try {
                    work.run();
                } catch (UserError e) {
                    assertThat(e).hasMessageContaining("no memory for the cache of a sequence");
                    assertThat(limit.reached()).isTrue();
                }
                assertThat(NativeMemory.liveBytes()).isEqualTo(live);
                assertThat(NativeMemory.mappedBytes()).isEqualTo(mapped);
                if (!limit.reached()) {
                    return reservations;
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f16", "q8", "kivi(residual=32)"})
    void appending(String codec) {
        for (int reserve : new int[] {0, 300}) {
            int failures = failures(() -> {
                try (var cache = new SequenceCache(SHAPE, KvCodec.parse(codec), reserve)) {
                    append(cache, 100);
                    for (int token = 0; token < 100; token++) {
                        append(cache, 1);
                    }
                }
            });
            assertThat(failures).isGreaterThan(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f16", "f32", "q8", "kivi(residual=32)"})
    void selecting(String codec) {
        try (var pool = new WorkerPool(2);
                var full = new SequenceCache(SHAPE, new KvCodec.F16(), 0)) {
            append(full, 200);
            var keep = new int[3][3][];
            for (int layer = 0; layer < 3; layer++) {
                for (int head = 0; head < 3; head++) {
                    int length = full.layer(layer).length(head) - head;
                    keep[layer][head] = IntStream.range(0, length).toArray();
                }
            }
            int failures = failures(() -> {
                try (var cache = Compaction.select(full, keep, KvCodec.parse(codec), null, pool)) {
                    append(cache, 40);
                }
            });
            assertThat(failures).isGreaterThan(3);
        }
    }

    /** Tokens outside the window belong to the new cache, and go with it when it cannot be made. */
    @Test
    void selectingWithOutOfWindowTokens() {
        try (var pool = new WorkerPool(1);
                var full = new SequenceCache(SHAPE, new KvCodec.F16(), 0)) {
            append(full, 200);
            var outOfWindow = new Sinks(full.fork());
            try (var _ = MemoryLimit.reservations(1)) {
                Compaction.select(full, null, new KvCodec.Q8(), null, outOfWindow, pool)
                        .close();
            } catch (UserError e) {
                assertThat(outOfWindow.closed).isTrue();
                return;
            }
            throw new AssertionError("three layers in one reservation");
        }
    }

    @Test
    void writingToAFork() {
        try (var cache = new SequenceCache(CacheShape.full(3, 3, 32), new KvCodec.F16(), 0)) {
            append(cache, 200);
            int failures = failures(() -> {
                try (var fork = cache.fork()) {
                    fork.layer(0).evict(1, 5);
                    append(fork, 70);
                    fork.truncate(220);
                    append(fork, 1);
                }
            });
            assertThat(failures).isGreaterThan(3);
            assertThat(cache.layer(0).length(1)).isEqualTo(200);
        }
    }

    /** Memory is given back by moving what is left to less; where that cannot be had, the old one stays. */
    @Test
    void givingMemoryBack() {
        for (Consumer<LayerCache> shrink : Arrays.<Consumer<LayerCache>>asList(
                cache -> cache.truncate(100),
                cache -> cache.evict(0, IntStream.range(50, 400).toArray()))) {
            var cache = new LayerCache(1, 32, 0, new KvCodec.F16(), 0, false);
            var reference = new LayerCache(1, 32, 0, new KvCodec.F16(), 0, false);
            append(cache, 0, 400);
            append(reference, 0, 400);
            shrink.accept(reference);
            long mapped = NativeMemory.mappedBytes();
            try (var _ = MemoryLimit.reservations(0)) {
                shrink.accept(cache);
                throw new AssertionError("less memory without a reservation");
            } catch (UserError e) {
                assertThat(NativeMemory.mappedBytes()).isEqualTo(mapped);
            }
            CacheOperations.assertSame(cache, reference);
            append(cache, 400, 500);
            append(reference, 400, 500);
            CacheOperations.assertSame(cache, reference);
            cache.close();
            reference.close();
        }
    }

    /** All layers go back although memory cannot be given back. */
    @Test
    void goingBackWithoutMemory() {
        try (var cache = new SequenceCache(CacheShape.full(3, 3, 32), new KvCodec.F16(), 0)) {
            append(cache, 400);
            try (var _ = MemoryLimit.reservations(0)) {
                cache.truncate(100);
                throw new AssertionError("less memory without a reservation");
            } catch (UserError e) {
                assertThat(cache.nextPosition()).isEqualTo(100);
                for (int layer = 0; layer < 3; layer++) {
                    assertThat(cache.layer(layer).length(0)).isEqualTo(100);
                }
            }
        }
    }

    private static final class Sinks implements OutOfWindowStore {
        private final SequenceCache cache;
        private boolean closed;

        Sinks(SequenceCache cache) {
            this.cache = cache;
        }

        @Override
        public int queryPosition(int position) {
            return position;
        }

        @Override
        public int distance() {
            return 0;
        }

        @Override
        public LayerCache tokens(int layer) {
            return cache.layer(layer);
        }

        @Override
        public void prepare(
                int layer,
                LayerCache near,
                int first,
                int rows,
                float[] queries,
                int at,
                int width,
                InverseRotation rotation) {}

        @Override
        public long bytes() {
            return cache.bytes();
        }

        @Override
        public OutOfWindowStore fork() {
            return new Sinks(cache.fork());
        }

        @Override
        public void close() {
            closed = true;
            cache.close();
        }
    }

    private static void append(SequenceCache cache, int tokens) {
        int first = cache.nextPosition();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            var rows = rows(tokens, WIDTH, first);
            cache.layer(layer).append(rows, 0, rows, 0, tokens, WIDTH, first);
        }
        cache.advance(tokens);
    }

    private static void append(LayerCache cache, int from, int to) {
        var rows = rows(to - from, 32, from);
        cache.append(rows, 0, rows, 0, to - from, 32, from);
    }

    private static float[] rows(int tokens, int width, int first) {
        var rows = new float[tokens * width];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (first * width + i) % 91 / 91f;
        }
        return rows;
    }
}
