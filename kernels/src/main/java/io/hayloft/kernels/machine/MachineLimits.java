package io.hayloft.kernels.machine;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.WorkerPool;
import java.lang.foreign.MemorySegment;

/**
 * The most arithmetic and the most reading that this many threads do together: what no model can exceed, however good its
 * kernels. Both are the best of many short runs, since other programs only ever slow them down.
 *
 * @param threads threads that worked at once
 * @param gflops 10⁹ single-precision operations a second, fused multiply-adds in registers, which count two each
 * @param gigabytesPerSecond 10⁹ bytes a second, read from memory on huge pages where the system has them
 */
public record MachineLimits(int threads, double gflops, double gigabytesPerSecond) {
    /** Small enough for a few hundred short runs, of which the undisturbed ones count. */
    private static final int FMA_ROUNDS = 20_000;

    private static final int FMA_TASKS_PER_THREAD = 16;

    /** Bytes that a thread reads in one go. */
    private static final int BLOCK = 1 << 20;

    /** Several times the largest processor cache that is common. */
    private static final long READ_BYTES = 512L << 20;

    private static final long NANOS = 700_000_000L;

    /** Runs in a row that were no faster end the measurement. */
    private static final int RUNS_WITHOUT_GAIN = 6;

    /** A run is faster if it takes less than this share of the fastest time. */
    private static final double GAIN = 0.98;

    /** Measures for one and a half seconds; takes 512 MB of memory meanwhile. */
    public static MachineLimits measure(int threads) {
        return measure(threads, READ_BYTES, NANOS);
    }

    /**
     * The same with other bounds.
     *
     * @param readBytes memory to read
     * @param nanos time for each of the two; the JIT compiler needs about half a second of it
     */
    static MachineLimits measure(int threads, long readBytes, long nanos) {
        try (var pool = new WorkerPool(threads);
                var memory = new NativeMemory("measuring how fast memory is read")) {
            double gflops = gflops(pool, nanos);
            int blocks = (int) Math.max(1, readBytes / BLOCK);
            var data = memory.allocate((long) blocks * BLOCK);
            // Pages that nobody has written to all map to the same page of zeros.
            pool.run(
                    blocks,
                    (index, worker) -> data.asSlice((long) index * BLOCK, BLOCK).fill((byte) 1));
            return new MachineLimits(threads, gflops, gigabytesPerSecond(pool, data, blocks, nanos));
        }
    }

    private static double gflops(WorkerPool pool, long nanos) {
        int tasks = FMA_TASKS_PER_THREAD * pool.threads();
        var sums = new float[tasks];
        double seconds = best(nanos, () -> pool.run(tasks, (index, worker) -> sums[index] = FmaLoop.run(FMA_ROUNDS)));
        return 1e-9 * tasks * FMA_ROUNDS * FmaLoop.FLOPS_OF_ROUND / seconds;
    }

    private static double gigabytesPerSecond(WorkerPool pool, MemorySegment data, int blocks, long nanos) {
        var sums = new int[blocks];
        double seconds = best(
                nanos,
                () -> pool.run(blocks, (index, worker) -> {
                    sums[index] = ReadLoop.sum(data, (long) index * BLOCK, BLOCK);
                }));
        return 1e-9 * blocks * BLOCK / seconds;
    }

    /** Seconds of the fastest run. On a busy machine the compiler comes late: time is given while runs get faster. */
    private static double best(long nanos, Runnable work) {
        double best = Double.MAX_VALUE;
        int slower = 0;
        for (long begin = System.nanoTime(); slower < RUNS_WITHOUT_GAIN || System.nanoTime() - begin < nanos; ) {
            long start = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - start) * 1e-9;
            slower = seconds < GAIN * best ? 0 : slower + 1;
            best = Math.min(best, seconds);
        }
        return best;
    }
}
