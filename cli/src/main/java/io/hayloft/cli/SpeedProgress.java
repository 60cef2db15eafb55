package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.bench.speed.SpeedCase;
import io.hayloft.bench.speed.SpeedListener;
import io.hayloft.bench.speed.SpeedResult;
import io.hayloft.bench.speed.Timings;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows how {@code hayloft speed} goes on: a bar of tests, and each result as soon as it is there. */
final class SpeedProgress implements SpeedListener, AutoCloseable {
    /** Steps of the bar that a test takes: it moves with every repetition. */
    private static final int STEPS = 100;

    /** Standard deviation over mean from which on a speed is not to be relied on. */
    private static final double UNSTEADY = 0.1;

    private final PrintWriter err;
    private final int tests;
    private @Nullable Bar bar;
    private final List<String> unsteady = new ArrayList<>();
    private int done;

    SpeedProgress(PrintWriter err, int tests) {
        this.err = err;
        this.tests = tests;
    }

    /** The bar, drawn from the first thing on that is to be shown. */
    private Bar bar() {
        if (bar == null) {
            bar = Bar.open(err, "speed", "tests", STEPS);
        }
        return bar;
    }

    /** Where to show that a model is being loaded: nowhere once there is a bar, which has the line. */
    PrintWriter loading() {
        return bar == null ? err : new PrintWriter(Writer.nullWriter());
    }

    /** Prints a line that stays. */
    void note(String line) {
        bar().note(line);
    }

    @Override
    public void repeated(SpeedCase test, int repetition, int of) {
        show(STEPS * repetition / (of + 1));
    }

    /** A test is over. */
    void done(SpeedResult result) {
        var speeds = result.tokensPerSecond();
        note(String.format(
                Locale.ROOT,
                "%s, %d threads: %.1f ± %.1f tokens/s",
                result.test().describe(),
                result.limits().threads(),
                Timings.mean(speeds),
                Timings.sd(speeds)));
        if (Timings.sd(speeds) > UNSTEADY * Timings.mean(speeds)) {
            unsteady.add(result.test().describe() + ", "
                    + Sizes.count(result.limits().threads(), "thread"));
        }
        done++;
        show(0);
    }

    /** Warns of tests whose repetitions differ so much that something else was at work as well. */
    Optional<String> warning() {
        return unsteady.isEmpty()
                ? Optional.empty()
                : Optional.of("the machine was busy: the speed varied by more than 10 % of its mean in "
                        + String.join("; ", unsteady) + ". Run it again when nothing else runs");
    }

    private void show(int steps) {
        bar().show((long) done * STEPS + steps, (long) tests * STEPS, null);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
