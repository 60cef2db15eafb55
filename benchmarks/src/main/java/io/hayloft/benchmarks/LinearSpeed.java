package io.hayloft.benchmarks;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kernels.machine.MachineLimits;
import java.util.Arrays;
import java.util.Locale;

/**
 * Speed of linear layers: prefill in GFLOPS, decode of one row in GB/s of packed weights, decode of a batch in GFLOPS.
 * Medians also as a share of what the machine does at most; weights that stay in the cache exceed its bandwidth.
 *
 * <p>Arguments: threads (1), seconds for each line (2), then weight types (Q8_0 Q4_1 F16).
 */
public final class LinearSpeed {
    private static final int PROMPT_ROWS = 504;

    private final WorkerPool pool;
    private final MachineLimits limits;
    private final double seconds;

    private LinearSpeed(WorkerPool pool, MachineLimits limits, double seconds) {
        this.pool = pool;
        this.limits = limits;
        this.seconds = seconds;
    }

    /** Prints the table. */
    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 2;
        var types = args.length > 2 ? Arrays.copyOfRange(args, 2, args.length) : new String[] {"Q8_0", "Q4_1", "F16"};
        var limits = MachineLimits.measure(threads);
        System.out.printf(
                Locale.ROOT,
                "%s, threads: %d, at most %.0f GFLOPS and %.0f GB/s%n",
                VectorWidth.describe(),
                threads,
                limits.gflops(),
                limits.gigabytesPerSecond());
        try (var pool = new WorkerPool(threads)) {
            var speed = new LinearSpeed(pool, limits, seconds);
            for (var name : types) {
                var type = TensorType.valueOf(name);
                speed.prefill(type, 2048, 2048);
                speed.prefill(type, 1536, 576);
                speed.decode(type, 1, 65536, 2048);
                speed.decode(type, 1, 1536, 512);
                for (int rows : new int[] {2, 3, 4, 8, 12, 20}) {
                    speed.decode(type, rows, 2048, 2048);
                }
            }
        }
    }

    private void prefill(TensorType type, int outputs, int inputs) {
        try (var memory = new NativeMemory("weights")) {
            var linear = Linear.pack(SampleWeights.matrix(type, outputs, inputs), memory, pool);
            var x = SampleWeights.activations(PROMPT_ROWS * inputs);
            var y = new float[PROMPT_ROWS * outputs];
            print(
                    type + " prefill " + outputs + " x " + inputs,
                    2e-9 * PROMPT_ROWS * outputs * inputs,
                    "GFLOPS",
                    limits.gflops(),
                    () -> linear.prefill(x, PROMPT_ROWS, y, pool));
        }
    }

    private void decode(TensorType type, int rows, int outputs, int inputs) {
        try (var memory = new NativeMemory("weights")) {
            var linear = Linear.pack(SampleWeights.matrix(type, outputs, inputs), memory, pool);
            var x = SampleWeights.activations(rows * inputs);
            var y = new float[rows * outputs];
            var name = type + " decode " + rows + " x " + outputs + " x " + inputs;
            double gigabytes = 1e-9 * linear.bytes();
            double gigaflops = 2e-9 * rows * outputs * inputs;
            print(
                    name,
                    gigabytes,
                    "GB/s  ",
                    limits.gigabytesPerSecond(),
                    () -> linear.decode(x, rows, y, pool),
                    gigaflops);
        }
    }

    private void print(String name, double amount, String unit, double limit, Runnable work, double... more) {
        var rates = rates(work);
        double median = 1 / rates[rates.length / 2];
        double best = 1 / rates[0];
        var line = new StringBuilder(String.format(
                Locale.ROOT,
                "%-32s median %7.2f = %3.0f %% best %7.2f %s",
                name,
                amount * median,
                100 * amount * median / limit,
                amount * best,
                unit));
        for (double other : more) {
            line.append(String.format(Locale.ROOT, "  best %7.2f GFLOPS", other * best));
        }
        System.out.println(line);
    }

    /** Seconds of each run, ascending; as long again was spent on warming up. */
    private double[] rates(Runnable work) {
        for (long start = System.nanoTime(); System.nanoTime() - start < seconds * 1e9; ) {
            work.run();
        }
        var times = new double[100_000];
        int runs = 0;
        for (long start = System.nanoTime(); runs < times.length && System.nanoTime() - start < seconds * 1e9; runs++) {
            long begin = System.nanoTime();
            work.run();
            times[runs] = (System.nanoTime() - begin) * 1e-9;
        }
        var sorted = Arrays.copyOf(times, runs);
        Arrays.sort(sorted);
        return sorted;
    }
}
