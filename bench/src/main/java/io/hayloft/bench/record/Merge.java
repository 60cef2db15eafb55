package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Joins the folders of a run's parts, such as its shards, to one folder with one record for each key. Records are in the
 * order of an undivided run: parts that are shards take turns, sample by sample.
 *
 * @param run the run, as it lies on disk
 * @param repeated records that several parts had, of which one was kept
 * @param missing shards of which no part was given, such as {@code 2/3}
 */
public record Merge(RunFolder run, int repeated, List<String> missing) {
    /** Copies the list. */
    public Merge {
        missing = List.copyOf(missing);
    }

    /** The lines of one part by sample, in their order. */
    private record Part(Path folder, RunInfo info, List<String> shards, List<List<RunLine>> samples) {
        static Part read(Path folder) {
            var info = RunFolder.knownInfo(folder);
            var samples = new LinkedHashMap<List<Object>, List<RunLine>>();
            for (var line : RunFiles.readRecords(folder).lines()) {
                samples.computeIfAbsent(sample(line), any -> new ArrayList<>()).add(line);
            }
            return new Part(folder, info, shards(info), List.copyOf(samples.values()));
        }

        private static List<String> shards(RunInfo info) {
            return info.settings().get("shards") instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        /** Place among its siblings; parts that are no shard come first. */
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
            var read = folders.stream()
                    .map(Part::read)
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
            var lines = new Lines();
            inTurns(read, info).forEach(lines::add);
            keepPrompts(out, folders);
            RunFiles.replaceRecords(out, lines.kept());
            RunFiles.writeInfo(out, info);
            return new Merge(RunFolder.of(out, info, lines.kept(), null), lines.repeated, missing);
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

    /** All lines: of each sample in the order of the run's methods, of shards one sample each, then the next of each. */
    private static List<RunLine> inTurns(List<Part> parts, RunInfo info) {
        var methods = info.settings().get("methods") instanceof List<?> list ? list : List.of();
        boolean shards = parts.stream().allMatch(part -> part.shards().size() == 1);
        int longest =
                parts.stream().mapToInt(part -> part.samples().size()).max().orElse(0);
        var samples = new LinkedHashMap<List<Object>, List<RunLine>>();
        var order = shards
                ? IntStream.range(0, longest)
                        .boxed()
                        .flatMap(i -> parts.stream()
                                .filter(part -> i < part.samples().size())
                                .map(part -> part.samples().get(i)))
                        .toList()
                : parts.stream().flatMap(part -> part.samples().stream()).toList();
        for (var lines : order) {
            samples.computeIfAbsent(sample(lines.getFirst()), any -> new ArrayList<>())
                    .addAll(lines);
        }
        var all = new ArrayList<RunLine>();
        for (var lines : samples.values()) {
            lines.sort(Comparator.comparingInt(
                    line -> methods.indexOf(line.subject().method())));
            all.addAll(lines);
        }
        return all;
    }

    private static List<Object> sample(RunLine line) {
        var subject = line.subject();
        return List.of(
                subject.task(),
                subject.sample(),
                subject.protocol(),
                Objects.toString(subject.facets().get("length")));
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

    /** Lines of which each method has one a sample: an answer rather than a failure. */
    private static final class Lines {
        private final Map<List<Object>, RunLine> lines = new LinkedHashMap<>();
        private int repeated;

        void add(RunLine line) {
            var place = new ArrayList<>(sample(line));
            place.add(line.subject().method());
            lines.merge(place, line, this::better);
        }

        private RunLine better(RunLine before, RunLine line) {
            if (before instanceof BenchRecord
                    && line instanceof BenchRecord
                    && !before.key().equals(line.key())) {
                var subject = line.subject();
                throw new UserError("the parts have different answers of " + subject.method() + " to sample "
                        + subject.sample() + " of " + subject.task()
                        + ": their prompts or rules differ (see --clock where a chat format prints the date)");
            }
            repeated++;
            return before instanceof BenchRecord ? before : line;
        }

        List<RunLine> kept() {
            return List.copyOf(lines.values());
        }
    }
}
