package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as it lies on disk.
 *
 * @param path its folder
 * @param info its {@code run.json}
 * @param records answers in {@code records.jsonl}, in the order of the file
 * @param failures samples that failed and have not succeeded since
 * @param notes observations while reading, such as a torn last line
 */
public record RunFolder(
        Path path, RunInfo info, List<BenchRecord> records, List<FailedRecord> failures, List<String> notes) {
    /** Copies the lists. */
    public RunFolder {
        records = List.copyOf(records);
        failures = List.copyOf(failures);
        notes = List.copyOf(notes);
    }

    /**
     * Reads a folder without changing it.
     *
     * @throws UserError if it holds no run or a damaged one
     */
    public static RunFolder read(Path folder) {
        var info = knownInfo(folder);
        var lines = RunFiles.readRecords(folder);
        return of(folder, info, lines.lines(), lines.tornNote(RunFiles.RECORDS));
    }

    /**
     * The description of the run in a folder; null if there is none.
     *
     * @throws UserError if it is damaged or of another version
     */
    public static @Nullable RunInfo info(Path folder) {
        return RunFiles.readInfo(folder).orElse(null);
    }

    /**
     * The description of the run in a folder.
     *
     * @throws UserError if there is none, or it is damaged or of another version
     */
    public static RunInfo knownInfo(Path folder) {
        return RunFiles.readInfo(folder)
                .orElseThrow(() -> new UserError(
                        folder + " holds no run (no " + RunFiles.INFO + "): name the --out folder of a bench"));
    }

    static RunFolder of(Path folder, RunInfo info, List<RunLine> lines, @Nullable String note) {
        var records = new ArrayList<BenchRecord>();
        var answered = new HashSet<List<String>>();
        for (var line : lines) {
            if (line instanceof BenchRecord record) {
                records.add(record);
                answered.add(place(line));
            }
        }
        var failures = new ArrayList<FailedRecord>();
        for (var line : lines) {
            // the newest failure of a sample is the one that counts
            if (line instanceof FailedRecord failed && !answered.contains(place(line))) {
                failures.removeIf(earlier -> place(earlier).equals(place(failed)));
                failures.add(failed);
            }
        }
        return new RunFolder(folder, info, records, failures, note == null ? List.of() : List.of(note));
    }

    private static List<String> place(RunLine line) {
        var subject = line.subject();
        return List.of(subject.task(), subject.sample(), subject.protocol(), subject.method());
    }
}
