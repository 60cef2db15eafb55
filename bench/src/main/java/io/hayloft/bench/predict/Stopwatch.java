package io.hayloft.bench.predict;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Times work that runs again and again, in rounds. The JIT compiler makes the first ones slow, so that time is given as long as
 * it works or rounds get faster. Of the runs after that the middle one counts: the fastest is luck that a long prompt or
 * answer does not have.
 *
 * <p>One thread is timed by its processor time, which other programs do not lengthen; several by the clock.
 */
final class Stopwatch {
    /**
     * How much time it takes.
     *
     * @param roundSeconds of a round, at least
     * @param calmRounds rounds that count
     * @param mostSeconds of all rounds; 0 for one run, which may be far too long
     */
    private record Pace(double roundSeconds, int calmRounds, double mostSeconds) {
        static final Pace THOROUGH = new Pace(0.08, 2, 6);
        static final Pace BRISK = new Pace(0.03, 2, 3);
        static final Pace ONE_RUN = new Pace(0, 1, 0);
    }

    /** Rounds that took less than this share of the round before were still getting faster. */
    private static final double GAIN = 0.95;

    /** The JIT compiler is at rest if it worked for less than this share of a round. */
    private static final double AT_REST = 0.15;

    /** Other programs leave the machine to this one if they take less than this share of it. */
    private static final double ALONE = 0.1;

    private final LongSupplier nanos;
    private final @Nullable CompilationMXBean compiler;
    private final Pace pace;
    private boolean steady = true;
    private boolean timed;

    private Stopwatch(int threads, Pace pace) {
        this.pace = pace;
        var account = ManagementFactory.getCompilationMXBean();
        this.compiler = account != null && account.isCompilationTimeMonitoringSupported() ? account : null;
        var bean = ManagementFactory.getThreadMXBean();
        boolean processor = threads == 1 && bean.isCurrentThreadCpuTimeSupported();
        this.nanos = processor ? bean::getCurrentThreadCpuTime : System::nanoTime;
        othersLoad(); // the next one is that of the time from here on
    }

    /** A stopwatch for work that so many threads share. */
    static Stopwatch thorough(int threads) {
        return new Stopwatch(threads, Pace.THOROUGH);
    }

    /** One that is soon done, and may be wrong by more. */
    static Stopwatch brisk(int threads) {
        return new Stopwatch(threads, Pace.BRISK);
    }

    /** One that waits for nothing, for tests. */
    static Stopwatch ofOneRun() {
        return new Stopwatch(1, Pace.ONE_RUN);
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
        if (pace.mostSeconds == 0) {
            return work.seconds();
        }
        timed = true;
        long start = System.nanoTime();
        var counted = new ArrayList<Double>();
        double before = Double.MAX_VALUE;
        int calm = 0;
        for (int rounds = 0;
                calm < pace.calmRounds && (rounds <= pace.calmRounds || seconds(start) < pace.mostSeconds);
                rounds++) {
            long begin = System.nanoTime();
            double compiled = compiledSeconds();
            double others = otherSeconds();
            var round = new ArrayList<Double>();
            while (round.isEmpty() || seconds(begin) < pace.roundSeconds) {
                round.add(work.seconds());
            }
            double middle = middle(round);
            double compiler = Math.max(compiledSeconds() - compiled, otherSeconds() - others);
            boolean busy = compiler > AT_REST * seconds(begin);
            if (busy || middle < GAIN * before) {
                counted.clear();
                calm = 0;
            } else {
                calm++;
            }
            counted.addAll(round);
            before = middle;
        }
        steady &= calm > 0;
        return middle(counted);
    }

    /** Whether all that was timed came to rest, and no other programs were at work; if not, times may be too long. Asked once. */
    boolean steady() {
        return !timed || (othersLoad() < ALONE && steady);
    }

    /** The share of the machine that other programs have taken since this was asked last; 0 where the JVM does not say. */
    private static double othersLoad() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
            return 0;
        }
        return Math.max(0, system.getCpuLoad()) - Math.max(0, system.getProcessCpuLoad());
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** Time that the JIT compiler has worked on methods that it is done with; 0 where the JVM does not say. */
    private double compiledSeconds() {
        return compiler == null ? 0 : compiler.getTotalCompilationTime() * 1e-3;
    }

    /**
     * Processor time of all in this process that is not a Java thread, of which the JIT compiler takes most, as it goes, in steps of
     * 10 ms; 0 where the JVM does not say.
     */
    private static double otherSeconds() {
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
