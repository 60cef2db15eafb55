package io.hayloft.bench.predict;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times work that runs again and again, in rounds. The JIT compiler makes the first ones slow, so that time is given as long as
 * it works or rounds get faster. Of the runs after that the middle one counts: the fastest is luck that a long prompt or
 * answer does not have.
 *
 * <p>One thread is timed by its processor time, which other programs do not lengthen; several by the clock.
 */
final class Stopwatch {
    private static final double ROUND_SECONDS = 0.06;
    private static final int CALM_ROUNDS = 3;
    private static final double MOST_SECONDS = 8;

    /** Rounds that took less than this share of the round before were still getting faster. */
    private static final double GAIN = 0.95;

    /** The JIT compiler is at rest if it worked for less than this share of a round. */
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

    /** The seconds of a steady run. */
    double typical(Work work) {
        if (!patient) {
            return work.seconds();
        }
        long start = System.nanoTime();
        var counted = new ArrayList<Double>();
        double before = Double.MAX_VALUE;
        for (int calm = 0; calm < CALM_ROUNDS && seconds(start) < MOST_SECONDS; ) {
            long begin = System.nanoTime();
            double compiled = compilerSeconds();
            var round = new ArrayList<Double>();
            while (round.size() < 2 || seconds(begin) < ROUND_SECONDS) {
                round.add(work.seconds());
            }
            double middle = middle(round);
            boolean busy = compilerSeconds() - compiled > AT_REST * seconds(begin);
            if (busy || middle < GAIN * before) {
                counted.clear();
                calm = 0;
            } else {
                calm++;
            }
            counted.addAll(round);
            before = middle;
        }
        return middle(counted);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /**
     * Processor time of the JIT compiler and all else in this process that is no Java thread; 0 where the JVM does not say. The
     * compiler's own account would grow only when it is done with a method.
     */
    private static double compilerSeconds() {
        var threads = ManagementFactory.getThreadMXBean();
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)
                || !threads.isThreadCpuTimeSupported()) {
            return 0;
        }
        long nanos = system.getProcessCpuTime();
        for (long id : threads.getAllThreadIds()) {
            nanos -= Math.max(0, threads.getThreadCpuTime(id));
        }
        return nanos * 1e-9;
    }
}
