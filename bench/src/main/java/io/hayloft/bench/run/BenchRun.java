package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.engine.model.LanguageModel;
import java.nio.file.Path;

/** A run from its plan to its records. Holds the lock on its folder until it is closed. */
public final class BenchRun implements AutoCloseable {
    private BenchRun() {}

    /**
     * Chooses samples, opens the folder (or finds what an earlier start of the same run left there) and measures for a
     * second or two what the run will cost. The model stays the caller's to close.
     *
     * @throws io.hayloft.base.UserError if the folder cannot be used or holds another run, a data file is missing, or no
     *     length fits the model
     */
    public static BenchRun prepare(BenchSpec spec, LanguageModel model) {
        throw new UnsupportedOperationException();
    }

    /** What it will do and cost. */
    public Plan plan() {
        throw new UnsupportedOperationException();
    }

    /** Folder of the run. */
    public Path folder() {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs what is left to do.
     *
     * @throws io.hayloft.base.UserError if the disk is full; what was finished before is safe
     */
    public RunFolder run(RunListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
