package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Joins the folders of a run's parts, such as its shards, to one folder with one record for each key. Records are in the
 * order of an undivided run: parts that are shards take turns, sample by sample. Lines are copied as they are, and of the
 * records only their places are kept in memory.
 *
 * @param folder of the joined run
 * @param records number of its answers
 * @param failures number of samples that a method has failed on
 * @param repeated records that several parts had, of which one was kept
 * @param missing shards of which no part was given, such as {@code 2/3}
 */
public record Merge(Path folder, int records, int failures, int repeated, List<String> missing) {
    /** Copies the list. */
    public Merge {
        missing = List.copyOf(missing);
    }

    /** The joined run with all of its records. */
    public RunFolder run() {
        return RunFolder.read(folder);
    }

    /** The lines of one part by the number of their sample, in their order. */
    private record Part(Path folder, RunInfo info, List<String> shards, List<List<MergedLines.Line>> samples) {
        static Part read(Path folder, int number, MergedLines lines) {
            var info = RunFolder.knownInfo(folder);
            var samples = new LinkedHashMap<Integer, List<MergedLines.Line>>();
            RunFiles.scanRecords(folder, (line, offset, length) -> {
                var entry = lines.entry(number, line, offset, length);
                samples.computeIfAbsent(entry.sample(), any -> new ArrayList<>(1))
                        .add(entry);
            });
            return new Part(folder, info, shards(info), List.copyOf(samples.values()));
        }

        private static List<String> shards(RunInfo info) {
            return info.settings().get("shards") instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        /** Place among its siblings; parts that are not shards come first. */
        int order() {
            return shards.size() == 1 ? Integer.parseInt(shards.getFirst().split("/", -1)[0]) : 0;
        }
    }

    /**
     * Merges parts into a folder. If that holds a run already, it is a part, too.
     *
     * @throws UserError if a part holds no run, parts are of different runs, two have different answers to the same question,
     *     or the folder cannot be written or is in use
     */
    public static Merge of(Path out, List<Path> parts) {
        RunFiles.createFolder(out);
        try (var _ = FolderLock.take(out)) {
            var folders = new ArrayList<Path>();
            if (RunFolder.info(out) != null) {
                folders.add(out);
            }
            folders.addAll(parts);
            var lines = new MergedLines();
            var read = IntStream.range(0, folders.size())
                    .mapToObj(i -> Part.read(folders.get(i), i, lines))
                    .sorted(Comparator.comparingInt(Part::order))
                    .toList();
            var info = read.getFirst().info();
            for (var part : read.subList(1, read.size())) {
                info = info.mergedWith(read.getFirst().folder(), part.info(), part.folder());
            }
            var missing = missing(read);
            if (missing.isEmpty()) {
                info = info.withoutShards();
            }
            var methods = info.settings().get("methods") instanceof List<?> list ? list : List.of();
            var kept = lines.kept(inTurns(read), methods);
            keepPrompts(out, folders);
            RunFiles.replaceRecords(out, kept, folders);
            RunFiles.writeInfo(out, info);
            parts.forEach(part -> KeptFile.add(out, KeptFile.read(part)));
            parts.forEach(part -> PredictedFile.add(out, PredictedFile.read(part)));
            parts.forEach(part -> LabelFile.add(out, LabelFile.read(part)));
            int answers = (int) kept.stream().filter(MergedLines.Line::isAnswer).count();
            return new Merge(out, answers, kept.size() - answers, lines.repeated(), missing);
        }
    }

    /** Adds the prompts of the parts to those of the folder, if any part has some. */
    private static void keepPrompts(Path out, List<Path> folders) {
        if (folders.stream().anyMatch(folder -> Files.isRegularFile(folder.resolve(PromptFile.NAME)))) {
            try (var prompts = PromptFile.open(out)) {
                folders.forEach(prompts::addAll);
            }
        }
    }

    /** The samples of all parts: of shards one sample each, then the next of each. */
    private static List<List<MergedLines.Line>> inTurns(List<Part> parts) {
        boolean shards = parts.stream().allMatch(part -> part.shards().size() == 1);
        if (!shards) {
            return parts.stream().flatMap(part -> part.samples().stream()).toList();
        }
        int longest =
                parts.stream().mapToInt(part -> part.samples().size()).max().orElse(0);
        var order = new ArrayList<List<MergedLines.Line>>();
        for (int i = 0; i < longest; i++) {
            for (var part : parts) {
                if (i < part.samples().size()) {
                    order.add(part.samples().get(i));
                }
            }
        }
        return order;
    }

    private static List<String> missing(List<Part> parts) {
        var there = new TreeSet<String>();
        parts.forEach(part -> there.addAll(part.shards()));
        if (there.isEmpty() || parts.stream().anyMatch(part -> part.shards().isEmpty())) {
            return List.of();
        }
        int count = Integer.parseInt(there.first().split("/", -1)[1]);
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> i + "/" + count)
                .filter(name -> !there.contains(name))
                .toList();
    }
}
