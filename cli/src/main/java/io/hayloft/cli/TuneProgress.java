package io.hayloft.cli;

import io.hayloft.bench.tune.TuneListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Shows how tuning goes on, and says how to go on when it is stopped from the keyboard. */
final class TuneProgress implements TuneListener, AutoCloseable {
    private final PrintWriter err;
    private final Path folder;
    private final StatusLine status;
    private final Farewell farewell;
    private @Nullable Bar bar;
    private volatile int answered;

    TuneProgress(PrintWriter err, Path folder) {
        this.err = err;
        this.folder = folder;
        this.status = new StatusLine(err);
        this.farewell = new Farewell(err, this::howToGoOn);
    }

    @Override
    public void note(String line) {
        if (bar == null) {
            status.show("");
            err.println("note: " + line);
        } else {
            bar.note("note: " + line);
        }
    }

    @Override
    public void step(String words) {
        if (bar == null) {
            status.show(words);
        } else {
            bar.note(words);
        }
    }

    @Override
    public void sample(int done, int most, @Nullable Duration remaining) {
        answered = done;
        if (bar == null) {
            status.close();
            bar = Bar.open(err, "tune", "samples", 1);
        }
        bar.show(done, most, remaining);
    }

    @Override
    public void close() {
        if (!farewell.takeBack()) {
            return;
        }
        status.close();
        if (bar != null) {
            bar.close();
        }
    }

    private String howToGoOn() {
        return answered == 0
                ? ""
                : "stopped: what was answered is in " + folder + "; the same command goes on from there";
    }
}
