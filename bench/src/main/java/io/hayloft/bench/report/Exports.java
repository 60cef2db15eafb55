package io.hayloft.bench.report;

import io.hayloft.bench.record.RunFolder;
import java.nio.file.Path;
import java.util.List;

/** Writes the records or the summary of a run in the formats of other tools. */
public final class Exports {
    private Exports() {}

    /** Names of the formats: {@code csv}, {@code parquet}, {@code md}, {@code tex}. */
    public static List<String> formats() {
        return List.of("csv", "parquet", "md", "tex");
    }

    /**
     * Writes one format beside the records.
     *
     * @return the file
     * @throws io.hayloft.base.UserError if the format is unknown or the file cannot be written
     */
    public static Path write(RunFolder run, String format) {
        throw new UnsupportedOperationException();
    }
}
