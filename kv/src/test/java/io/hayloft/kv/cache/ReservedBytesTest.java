package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What caches say they take, against what was mapped from the system, and against what is resident in a process. */
class ReservedBytesTest {
    private static final int HEADS = 8;
    private static final int DIM = 128;
    private static final WorkerPool POOL = new WorkerPool(1);

    /** Grown token by token, in chunks, and of known length: no way of growing takes much more than it says. */
    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16", "q8", "flexgen", "kivi", "kivi(k=4,v=4)", "kivi(k=16,v=2)"})
    void cachesSayWhatTheyMap(String text) {
        var codec = KvCodec.parse(text);
        for (int chunk : new int[] {1, 100, 700}) {
            for (int reserve : new int[] {0, 700}) {
                long before = NativeMemory.mappedBytes();
                try (var cache = new SequenceCache(CacheShape.full(1, HEADS, DIM), codec, reserve)) {
                    for (int first = 0; first < 700; first += chunk) {
                        append(cache, Math.min(chunk, 700 - first));
                        if (first % 50 == 0 && first > 0) {
                            double mapped = NativeMemory.mappedBytes() - before;
                            double said = offHeap(cache);
                            // Grouped codecs take blocks of several sizes: of the newest row some may not be in use.
                            double row = codec.storesTokensSeparately() ? 0 : 2 * HEADS * 32 * DIM * Short.BYTES;
                            assertThat(mapped)
                                    .as(text + " " + first + " tokens in chunks of " + chunk)
                                    .isBetween(said, 1.03 * said + row);
                        }
                    }
                }
                assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16", "q8", "flexgen", "kivi", "kivi(k=4,v=4)"})
    void selectedTokensSayWhatTheyMap(String text) {
        try (var full = new SequenceCache(CacheShape.full(2, HEADS, DIM), new KvCodec.F32(), 0)) {
            append(full, 1000);
            for (int kept : new int[] {1000, 333}) {
                long before = NativeMemory.mappedBytes();
                var slots = new int[2][HEADS][];
                for (var layer : slots) {
                    Arrays.setAll(layer, head -> IntStream.range(0, kept).toArray());
                }
                var codec = KvCodec.parse(text);
                try (var cache = Compaction.select(full, slots, codec, null, POOL)) {
                    double mapped = NativeMemory.mappedBytes() - before;
                    assertThat(mapped / offHeap(cache)).isBetween(1.0, 1.01);
                    // Blocks of 32 tokens, the last of each kind partly used, and scales of padded channels.
                    double nominal = codec.bytes(HEADS, DIM, kept) * 2;
                    assertThat(offHeap(cache) / nominal).isBetween(1.0, kept > 900 ? 1.12 : 1.25);
                }
            }
        }
    }

    /** The tokens that KIVI keeps unquantised take memory as they come. */
    @Test
    void theResidualIsAllocatedAsItFills() {
        try (var full = new SequenceCache(CacheShape.full(1, HEADS, DIM), new KvCodec.F16(), 0)) {
            append(full, 1024 + 10);
            try (var cache = Compaction.select(full, null, KvCodec.parse("kivi"), null, POOL)) {
                long f16Block = 32L * DIM * Short.BYTES;
                // keys: 1024 packed, a block of 10; values: 906 packed, 128 unpacked in blocks 28 to 32
                long unpacked = HEADS * f16Block * (1 + 5);
                long packed = HEADS * (32L * (1024 + 512) + 29L * (1024 + 512));
                assertThat(offHeap(cache)).isEqualTo((double) (unpacked + packed));
            }
        }
    }

    /** A layer whose window fits into the residual stores its tokens unquantised, and no more of them than f16 does. */
    @ParameterizedTest
    @ValueSource(ints = {24, 100, 300})
    void slidingLayersDropTokensThatAreNotPackedYet(int window) {
        var shape = CacheShape.windowed(2, DIM, window);
        try (var kivi = new SequenceCache(shape, KvCodec.parse("kivi"), 0);
                var f16 = new SequenceCache(shape, new KvCodec.F16(), 0);
                var all = new SequenceCache(shape, KvCodec.parse("kivi"), 0, true)) {
            for (int token = 0; token < 700; token++) {
                for (var cache : List.of(kivi, f16, all)) {
                    append(cache, 1);
                }
                var layer = kivi.layer(0);
                int kept = layer.length(0);
                assertThat(kept).isBetween(Math.min(token + 1, window - 1), window + 31);
                if (token % 97 == 0) {
                    var actual = new float[kept * DIM];
                    var expected = new float[kept * DIM];
                    layer.readKeys(1, 0, kept, actual, 0);
                    all.layer(0).readKeys(1, token + 1 - kept, kept, expected, 0);
                    assertThat(actual).isEqualTo(expected);
                    layer.readValues(1, 0, kept, actual, 0);
                    all.layer(0).readValues(1, token + 1 - kept, kept, expected, 0);
                    assertThat(actual).isEqualTo(expected);
                }
            }
            assertThat((double) kivi.bytes() / f16.bytes()).isLessThan(window < 128 ? 1.02 : 0.9);
        }
    }

    /** A chunk of a prompt leaves the memory that the next chunk takes; single tokens give it back. */
    @Test
    void slidingLayersKeepTheMemoryOfAChunkForTheNext() {
        try (var cache = new SequenceCache(CacheShape.windowed(HEADS, DIM, 256), new KvCodec.F16(), 0)) {
            append(cache, 512);
            append(cache, 512);
            long mapped = NativeMemory.mappedBytes();
            append(cache, 512);
            append(cache, 512);
            assertThat(NativeMemory.mappedBytes()).isEqualTo(mapped);
            append(cache, 1);
            assertThat(offHeap(cache)).isLessThanOrEqualTo(2L * HEADS * DIM * Short.BYTES * (256 + 64));
        }
    }

    @Test
    void evictingManyTokensGivesMemoryBackOnce() {
        var layer = new LayerCache(1, DIM, 0, new KvCodec.F16(), 0, false);
        var one = new LayerCache(1, DIM, 0, new KvCodec.F16(), 0, false);
        var rows = rows(3000, 1);
        layer.append(rows, 0, rows, 0, 3000, DIM, 0);
        one.append(rows, 0, rows, 0, 3000, DIM, 0);
        var dropped = IntStream.range(0, 3000).filter(slot -> slot % 8 != 0).toArray();
        layer.evict(0, dropped);
        for (int i = dropped.length - 1; i >= 0; i--) {
            one.evict(0, dropped[i]);
        }
        CacheOperations.assertSame(layer, one);
        assertThat(layer.bytes()).isLessThanOrEqualTo(one.bytes());
        layer.close();
        one.close();
    }

    /** Half a gigabyte and more with {@code -Dhayloft.resident.megabytes=512}. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the resident size is read from /proc")
    void whatIsSaidIsResident() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"));
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ResidentCaches.class.getName()));
        command.add(System.getProperty("hayloft.resident.megabytes", "256"));
        command.addAll(List.of("f16", "q8", "kivi(k=4,v=4)"));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = process.inputReader().lines().toList();
        assertThat(process.waitFor()).isZero();
        assertThat(lines).hasSize(3);
        for (var line : lines) {
            var words = line.split(" ", -1);
            double resident = Long.parseLong(words[1]);
            assertThat(Long.parseLong(words[2]) / resident).as(line).isBetween(0.97, 1.03);
            assertThat(Long.parseLong(words[3]) / resident).as(line).isBetween(0.97, 1.03);
            double withFork = Long.parseLong(words[4]);
            assertThat(Long.parseLong(words[5]) / withFork).as(line).isBetween(0.97, 1.03);
        }
    }

    private static double offHeap(SequenceCache cache) {
        long bytes = cache.bytes();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            bytes -= cache.layer(layer).tableBytes();
        }
        return bytes;
    }

    private static void append(SequenceCache cache, int tokens) {
        int first = cache.nextPosition();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            var target = cache.layer(layer);
            int width = target.kvHeads() * DIM;
            var rows = rows(tokens * target.kvHeads(), first);
            target.append(rows, 0, rows, 0, tokens, width, first);
        }
        cache.advance(tokens);
    }

    private static float[] rows(int count, int seed) {
        var rows = new float[count * DIM];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (i * 31 + seed) % 97 / 97f;
        }
        return rows;
    }
}
