package io.hayloft.bench.record;

import java.nio.file.Path;
import java.util.List;

/**
 * A run as it lies on disk, read whole.
 *
 * @param path the folder
 * @param info its {@code run.json}
 * @param records its {@code records.jsonl}, in the order of the file
 * @param notes what was noticed while reading, such as a torn last line
 */
public record RunFolder(Path path, RunInfo info, List<BenchRecord> records, List<String> notes) {
    /** Copies the lists. */
    public RunFolder {
        records = List.copyOf(records);
        notes = List.copyOf(notes);
    }

    /**
     * Reads a folder without changing it.
     *
     * @throws io.hayloft.base.UserError if it holds no run or a damaged one
     */
    public static RunFolder read(Path folder) {
        throw new UnsupportedOperationException();
    }
}
