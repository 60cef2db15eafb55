package io.hayloft.bench.report;

import io.hayloft.bench.record.RunFolder;
import java.nio.file.Path;

/** Writes the page of a run. */
public final class Report {
    private Report() {}

    /**
     * Writes {@code report.html} into the folder of the run: one file that needs no network.
     *
     * @return the file
     * @throws io.hayloft.base.UserError if it cannot be written
     */
    public static Path write(RunFolder run) {
        throw new UnsupportedOperationException();
    }
}
