package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/**
 * The runs in a folder and the folders in it, the newest first.
 *
 * @param runs those that can be read
 * @param damaged why others cannot, a line each
 */
public record RunFolders(List<Entry> runs, List<String> damaged) {
    /** Folders are looked at so deep. */
    private static final int DEPTH = 4;

    /** Copies the lists. */
    public RunFolders {
        runs = List.copyOf(runs);
        damaged = List.copyOf(damaged);
    }

    /**
     * A run that was found.
     *
     * @param folder its folder
     * @param info its {@code run.json}
     * @param lines complete lines of its {@code records.jsonl}
     */
    public record Entry(Path folder, RunInfo info, long lines) {}

    /**
     * Looks for runs.
     *
     * @throws UserError if the folder cannot be read; one that does not exist has no runs
     */
    public static RunFolders below(Path folder) {
        var runs = new ArrayList<Entry>();
        var damaged = new ArrayList<String>();
        try {
            Files.walkFileTree(folder, EnumSet.noneOf(FileVisitOption.class), DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.endsWith(RunFiles.INFO) && attributes.isRegularFile()) {
                        add(file.resolveSibling("").normalize(), runs, damaged);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (file.equals(folder)) {
                        throw e;
                    }
                    return FileVisitResult.CONTINUE; // others' folders are none of ours
                }
            });
        } catch (NoSuchFileException e) {
            return new RunFolders(List.of(), List.of());
        } catch (IOException e) {
            throw new UserError("cannot read " + folder + ": " + FileError.reason(e), e);
        }
        runs.sort(Comparator.comparing((Entry run) -> run.info().started()).reversed());
        return new RunFolders(runs, damaged);
    }

    private static void add(Path folder, List<Entry> runs, List<String> damaged) throws IOException {
        try {
            runs.add(new Entry(folder, RunFolder.knownInfo(folder), lines(folder.resolve(RunFiles.RECORDS))));
        } catch (UserError e) {
            damaged.add(String.valueOf(e.getMessage()));
        }
    }

    private static long lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        long lines = 0;
        try (var in = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        return lines;
    }
}
