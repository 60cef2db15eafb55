package io.hayloft.bench.predict;

import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * Times work that runs again and again. The JIT compiler makes the first runs slow, so that time is given as long as it works.
 * Of the runs after that the middle one counts: the fastest is luck that a long prompt or answer does not have.
 *
 * <p>One thread is timed by its processor time, which other programs do not lengthen; several by the clock.
 */
final class Stopwatch {
    /** Runs that count; earlier ones are forgotten. */
    private static final int RUNS = 9;

    private static final int LEAST_RUNS = 4;
    private static final double LEAST_SECONDS = 0.15;
    private static final double MOST_SECONDS = 0.8;

    /** Longest time that the compiler is waited for. */
    private static final double MOST_WARM_UP = 2.5;

    /** The compiler is at rest if it worked for less than this share of the time. */
    private static final double AT_REST = 0.1;

    private final LongSupplier nanos;
    private final boolean patient;

    /** A stopwatch for work that so many threads share. */
    Stopwatch(int threads) {
        this(threads, true);
    }

    /**
     * The same.
     *
     * @param patient whether it waits for the compiler; if not, it gives a time soon, which may be far too long
     */
    Stopwatch(int threads, boolean patient) {
        this.patient = patient;
        var bean = ManagementFactory.getThreadMXBean();
        boolean processor = threads == 1 && bean.isCurrentThreadCpuTimeSupported();
        this.nanos = processor ? bean::getCurrentThreadCpuTime : System::nanoTime;
    }

    /** Work of which a part is timed. */
    @FunctionalInterface
    interface Work {
        /** Runs once and returns the seconds that count. */
        double seconds();
    }

    /** Seconds that some work takes. */
    double time(Runnable work) {
        long start = nanos.getAsLong();
        work.run();
        return Math.max(1, nanos.getAsLong() - start) * 1e-9;
    }

    /** Runs some short work until the compiler rests, or does not come to rest. */
    void warmUp(Work work) {
        long start = System.nanoTime();
        double round = start;
        double compiled = compilerSeconds();
        while (patient) {
            work.seconds();
            long now = System.nanoTime();
            if (now - round > LEAST_SECONDS * 1e9) {
                double compiler = compilerSeconds();
                if (compiler - compiled < AT_REST * (now - round) * 1e-9 || now - start > MOST_WARM_UP * 1e9) {
                    return;
                }
                round = now;
                compiled = compiler;
            }
        }
    }

    /** The seconds of a steady run: the middle one of the last runs. */
    double typical(Work work) {
        var runs = new ArrayDeque<Double>();
        long start = System.nanoTime();
        int atRest = 0; // runs since the compiler worked
        while (true) {
            double compiler = compilerSeconds();
            double seconds = work.seconds();
            runs.add(seconds);
            if (runs.size() > RUNS) {
                runs.removeFirst();
            }
            atRest = compilerSeconds() - compiler < AT_REST * seconds ? atRest + 1 : 0;
            double elapsed = (System.nanoTime() - start) * 1e-9;
            boolean steady = atRest >= LEAST_RUNS && elapsed > LEAST_SECONDS;
            if (!patient || steady || elapsed > MOST_SECONDS) {
                int counted = Math.clamp(atRest, 1, runs.size());
                return middle(runs.stream().skip(runs.size() - counted).mapToDouble(Double::doubleValue).sorted().toArray());
            }
        }
    }

    private static double middle(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    /** Time that the JIT compiler has worked; 0 where the JVM does not say. */
    private static double compilerSeconds() {
        var compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime() * 1e-3
                : 0;
    }
}
