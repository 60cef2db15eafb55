package io.hayloft.cli;

import io.hayloft.bench.speed.SpeedCase;
import io.hayloft.bench.speed.SpeedListener;
import io.hayloft.bench.speed.SpeedResult;
import io.hayloft.bench.speed.Timings;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows how {@code hayloft speed} goes on: a bar of tests, and each result as soon as it is there. */
final class SpeedProgress implements SpeedListener, AutoCloseable {
    /** Steps of the bar that a test takes: it moves with every repetition. */
    private static final int STEPS = 100;

    private final PrintWriter err;
    private final int tests;
    private @Nullable Bar bar;
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
        done++;
        show(0);
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
