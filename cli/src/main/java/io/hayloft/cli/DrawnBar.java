package io.hayloft.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on a terminal. */
final class DrawnBar implements Bar {
    private static final int WIDEST = 79;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final ProgressBar bar;
    private volatile Optional<Duration> remaining = Optional.empty();

    /** A bar in lines of at most so many characters. */
    DrawnBar(PrintWriter err, String name, String unit, long unitSize, int width) {
        this.err = err;
        this.bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(unitSize)
                .setUnit(" " + unit, unitSize)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .setEtaFunction(_ -> remaining)
                .setConsumer(new DelegatingProgressBarConsumer(this::draw, Math.min(WIDEST, width - 1)))
                .build();
    }

    @Override
    public void show(long done, long of, @Nullable Duration left) {
        remaining = Optional.ofNullable(left);
        bar.maxHint(of);
        bar.stepTo(done);
    }

    @Override
    public void note(String line) {
        print(CLEAR_LINE + line + System.lineSeparator());
        bar.refresh();
    }

    @Override
    public void close() {
        bar.close();
        print(System.lineSeparator());
    }

    private void draw(String text) {
        print("\r" + text);
    }

    /** The bar draws from a thread of its own. */
    private void print(String text) {
        synchronized (err) {
            err.print(text);
            err.flush();
        }
    }
}
