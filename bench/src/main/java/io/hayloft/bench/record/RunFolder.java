package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    /** Tries to remove a folder into which its run may still be writing. */
    private static final int ATTEMPTS = 3;

    /** The files that a start writes before the first answer; drafts of them end in {@code .new}. */
    private static final Set<String> OWN_FILES = Set.of(
            RunFiles.INFO,
            RunFiles.RECORDS,
            RunFiles.LOCK,
            LabelFile.NAME,
            PredictedFile.NAME,
            PromptFile.NAME,
            KeptFile.NAME);

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

    /**
     * Removes the folder of a run that is being stopped before anything was answered, if it holds nothing but the run's
     * own files.
     *
     * @return whether there is no such folder any more
     */
    public static boolean removeUnanswered(Path folder) {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(folder); attempt++) {
            if (!removeOnce(folder)) {
                return false;
            }
        }
        return !Files.exists(folder);
    }

    /** Whether a folder holds answers of a run, or what is left of them; not if it cannot be read. */
    public static boolean isAnswered(Path folder) {
        try {
            return hasRecords(folder);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasRecords(Path folder) throws IOException {
        var records = folder.resolve(RunFiles.RECORDS);
        return Files.exists(records) && Files.size(records) > 0;
    }

    /** Returns whether the folder is gone, or holds a file that the run wrote in this moment. */
    private static boolean removeOnce(Path folder) {
        try (var all = Files.list(folder)) {
            var files = all.toList();
            if (hasRecords(folder) || !files.stream().allMatch(RunFolder::isOwn)) {
                return false;
            }
            for (var file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isOwn(Path file) {
        var name = String.valueOf(file.getFileName());
        return OWN_FILES.contains(name.endsWith(".new") ? name.substring(0, name.length() - 4) : name);
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
