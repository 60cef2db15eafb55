package io.hayloft.bench.predict;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times work that runs again and again. The JIT compiler makes the first runs slow, so that time is given as long as runs get
 * faster or the compiler works. Of the runs after that the middle one counts: the fastest is luck that a long prompt or
 * answer does not have.
 *
 * <p>One thread is timed by its processor time, which other programs do not lengthen; several by the clock.
 */
final class Stopwatch {
    private static final int LEAST_RUNS = 4;

    /** Runs in a row that were no faster end the measurement. */
    private static final int RUNS_WITHOUT_GAIN = 5;

    private static final double GAIN = 0.97;
    private static final double LEAST_SECONDS = 0.3;
    private static final double MOST_SECONDS = 8;

    /** The compiler is at rest if it worked for less than this share of a run. */
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
     * @param patient whether it waits for runs to become steady; if not, it gives a time soon, which may be far too long
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

    /** The seconds of a steady run. */
    double typical(Work work) {
        var steadyRuns = new ArrayList<Double>();
        double best = Double.MAX_VALUE;
        double sum = 0;
        for (int run = 1; ; run++) {
            double compiler = compilerSeconds();
            double seconds = work.seconds();
            boolean rest = compilerSeconds() - compiler < AT_REST * seconds;
            if (seconds < GAIN * best || !rest) {
                steadyRuns.clear();
            }
            steadyRuns.add(seconds);
            best = Math.min(best, seconds);
            sum += seconds;
            boolean steady = steadyRuns.size() > RUNS_WITHOUT_GAIN && sum > LEAST_SECONDS;
            if (!patient || (run >= LEAST_RUNS && (steady || sum > MOST_SECONDS))) {
                return middle(steadyRuns);
            }
        }
    }

    private static double middle(List<Double> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }

    /** Time that the JIT compiler has worked; 0 where the JVM does not say. */
    private static double compilerSeconds() {
        var compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime() * 1e-3
                : 0;
    }
}
