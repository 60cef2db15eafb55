package io.hayloft.kv.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program that builds caches in all ways in which they grow, for each codec of its arguments, and prints what they say
 * they take beside what the system says this process has resident. Its Java heap must have a fixed size.
 */
final class ResidentCaches {
    private static final CacheShape SHAPE = CacheShape.full(2, 8, 128);
    private static final int CHUNK = 512;

    private ResidentCaches() {}

    public static void main(String[] args) throws IOException {
        long megabytes = Long.parseLong(args[0]);
        for (int i = 1; i < args.length; i++) {
            var codec = KvCodec.parse(args[i]);
            close(build(codec, 20 << 20)); // classes and compiled code take their memory now
            long before = residentBytes();
            var caches = build(codec, megabytes << 20);
            long resident = residentBytes() - before;
            long sum = 0;
            long heap = 0;
            for (var cache : caches) {
                for (int layer = 0; layer < SHAPE.layers(); layer++) {
                    sum += cache.layer(layer).bytes() - cache.layer(layer).tableBytes();
                    heap += cache.layer(layer).tableBytes();
                }
            }
            long reserved = ReservedMemory.of(caches) - heap;
            var fork = caches.getFirst().fork();
            append(fork, 3000);
            caches.add(fork);
            long withFork = residentBytes() - before;
            long forkHeap = fork.layer(0).tableBytes() + fork.layer(1).tableBytes();
            long reservedWithFork = ReservedMemory.of(caches) - heap - forkHeap;
            System.out.println(codec.text() + " " + resident + " " + sum + " " + reserved + " " + withFork + " "
                    + reservedWithFork);
            close(caches);
        }
    }

    /** Caches of at least this many bytes: of known length, grown by chunks, and grown token by token. */
    private static List<SequenceCache> build(KvCodec codec, long bytes) {
        var caches = new ArrayList<SequenceCache>();
        long sum = 0;
        for (int round = 0; sum < bytes; round++) {
            int tokens = 4000 + 777 * round;
            boolean known = round % 3 == 0 && codec.storesTokensSeparately();
            var cache = new SequenceCache(SHAPE, codec, known ? tokens : 0);
            for (int first = 0; first < tokens; ) {
                boolean single = round % 3 == 1 && first > 3000;
                int rows = single ? 1 : Math.min(CHUNK, tokens - first);
                append(cache, rows);
                first += rows;
            }
            caches.add(cache);
            sum += cache.bytes();
        }
        return caches;
    }

    private static void append(SequenceCache cache, int rows) {
        for (int first = 0; first < rows; first += CHUNK) {
            int count = Math.min(CHUNK, rows - first);
            for (int layer = 0; layer < SHAPE.layers(); layer++) {
                cache.layer(layer).append(ROWS, 0, ROWS, 0, count, 8 * 128, cache.nextPosition());
            }
            cache.advance(count);
        }
    }

    private static final float[] ROWS = rows();

    private static float[] rows() {
        var random = new Random(1);
        var rows = new float[CHUNK * 8 * 128];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        return rows;
    }

    private static void close(List<SequenceCache> caches) {
        caches.forEach(SequenceCache::close);
    }

    private static long residentBytes() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
            if (line.startsWith("Rss:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("no resident size in /proc/self/smaps_rollup");
    }
}
