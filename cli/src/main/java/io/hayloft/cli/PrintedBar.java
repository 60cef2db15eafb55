package io.hayloft.cli;

import io.hayloft.bench.plan.Plan;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Progress in a log: a line now and then, and one at the end. */
final class PrintedBar implements Bar {
    private final PrintWriter err;
    private final String name;
    private final String unit;
    private final long unitSize;
    private final long betweenLines;
    private long lastLine = System.nanoTime();
    private boolean complete;

    PrintedBar(PrintWriter err, String name, String unit, long unitSize, Duration betweenLines) {
        this.err = err;
        this.name = name;
        this.unit = unit;
        this.unitSize = unitSize;
        this.betweenLines = betweenLines.toNanos();
    }

    @Override
    public void show(long done, long of, @Nullable Duration remaining) {
        boolean end = done >= of && !complete;
        if (end || System.nanoTime() - lastLine >= betweenLines) {
            complete |= end;
            lastLine = System.nanoTime();
            var left = remaining == null || done >= of ? "" : ", about " + Plan.words(remaining) + " left";
            err.println(name + ": " + done / unitSize + " of " + of / unitSize + " " + unit + left);
        }
    }

    @Override
    public void note(String line) {
        err.println(line);
    }

    @Override
    public void close() {}
}
