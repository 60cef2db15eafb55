package io.hayloft.cli;

import io.hayloft.bench.plan.Progress;
import io.hayloft.bench.run.RunListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Shows how a run goes on, and says how to go on when it is stopped from the keyboard. */
final class BenchProgress implements RunListener, AutoCloseable {
    private final PrintWriter err;
    private final Path folder;
    private final Bar bar;
    private final Thread farewell = new Thread(this::tellHowToGoOn, "farewell");
    private volatile @Nullable Progress last;

    BenchProgress(PrintWriter err, Path folder) {
        this.err = err;
        this.folder = folder;
        this.bar = Bar.open(err, "bench", "samples", 1);
        Runtime.getRuntime().addShutdownHook(farewell);
    }

    @Override
    public void note(String line) {
        bar.note("note: " + line);
    }

    @Override
    public void started(Progress progress) {
        show(progress);
    }

    @Override
    public void sampleDone(Progress progress) {
        show(progress);
    }

    private void show(Progress progress) {
        last = progress;
        bar.show(progress.samplesDone(), progress.samples(), progress.remaining());
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            return; // the machine is being left, and the farewell says what there is to say
        }
        bar.close();
    }

    private void tellHowToGoOn() {
        var at = last;
        if (at != null) {
            err.printf(
                    "%nstopped: %d of %d samples are in %s; the same command goes on from there%n",
                    at.samplesDone(), at.samples(), folder);
            err.flush();
        }
    }
}
