package io.hayloft.cli;

import io.hayloft.bench.plan.Progress;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.run.RunListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Shows how a run goes on, and says how to go on when it is stopped from the keyboard. */
final class BenchProgress implements RunListener, AutoCloseable {
    private static final String BEFORE_THE_FIRST = "stopped before the first sample was done: ";

    private final Path folder;
    private final Bar bar;
    private final Farewell farewell;
    private volatile @Nullable Progress last;

    BenchProgress(PrintWriter err, Path folder) {
        this.folder = folder;
        this.bar = Bar.open(err, "bench", "samples", 1);
        this.farewell = new Farewell(err, this::howToGoOn);
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
        if (farewell.takeBack()) {
            bar.close();
        }
    }

    private String howToGoOn() {
        var at = last;
        return at == null || at.samplesDone() == 0
                ? stoppedEarly(folder)
                : "stopped: " + at.samplesDone() + " of " + at.samples() + " samples are in " + folder
                        + "; the same command goes on from there, hayloft show " + folder + " and hayloft report "
                        + folder + " show what is done";
    }

    /**
     * The same where no sample has been finished, by this start or, as far as it knows, before; removes the folder if nothing
     * was answered.
     *
     * @param folder of the run; null if it has none yet
     */
    static String stoppedEarly(@Nullable Path folder) {
        if (folder == null || RunFolder.removeUnanswered(folder)) {
            return BEFORE_THE_FIRST + "nothing is kept, the same command starts again";
        }
        return RunFolder.isAnswered(folder)
                ? "stopped: what was answered before is in " + folder + "; the same command goes on from there"
                : BEFORE_THE_FIRST + folder + " stays, as it holds other files or cannot be removed; the same command"
                        + " starts again";
    }
}
