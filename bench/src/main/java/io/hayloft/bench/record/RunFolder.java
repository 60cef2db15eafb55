package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A run as it lies on disk, read whole.
 *
 * @param path the folder
 * @param info its {@code run.json}
 * @param records its {@code records.jsonl}, in the order of the file, each key once
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
     * @throws UserError if it holds no run or a damaged one
     */
    public static RunFolder read(Path folder) {
        var info = RunFiles.readInfo(folder)
                .orElseThrow(() -> new UserError(
                        folder + " holds no run (no " + RunFiles.INFO + "): name the --out folder of a bench"));
        var lines = RunFiles.readRecords(folder);
        var notes = new ArrayList<String>();
        var torn = lines.tornNote(RunFiles.RECORDS);
        if (torn != null) {
            notes.add(torn);
        }
        return new RunFolder(folder, info, lines.records(), notes);
    }
}
