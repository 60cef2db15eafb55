package io.hayloft.bench.record;

import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The places of the lines of several {@code records.jsonl}, of which each method has one a sample: an answer rather than a failure. */
final class MergedLines {
    private final Map<String, Integer> samples = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<String, String> methods = new HashMap<>();
    private int repeated;

    /**
     * A line in its file.
     *
     * @param part number of the file
     * @param offset of its first byte
     * @param length in bytes, line feed included
     * @param sample number of its sample
     * @param key of its record
     */
    record Line(int part, long offset, int length, int sample, String method, String key, boolean isAnswer) {}

    /** The place of a line. */
    Line entry(int part, RunLine line, long offset, int length) {
        var subject = line.subject();
        var name = subject.task() + "\n" + subject.sample() + "\n" + subject.protocol() + "\n"
                + Objects.toString(subject.facets().get("length"));
        int sample = samples.computeIfAbsent(name, any -> {
            names.add(name);
            return names.size() - 1;
        });
        var method = methods.computeIfAbsent(subject.method(), any -> any);
        return new Line(part, offset, length, sample, method, line.key(), line instanceof BenchRecord);
    }

    /**
     * The lines that stay, of each sample in the order of the run's methods.
     *
     * @throws UserError if parts have different answers of a method to the same sample
     */
    List<Line> kept(List<List<Line>> order, List<?> methodsOfRun) {
        var rank = new HashMap<String, Integer>();
        for (var method : methodsOfRun) {
            rank.putIfAbsent(method.toString(), rank.size());
        }
        var ofSample = new LinkedHashMap<Integer, List<Line>>();
        for (var lines : order) {
            ofSample.merge(lines.getFirst().sample(), lines, (before, more) -> {
                var all = new ArrayList<>(before);
                all.addAll(more);
                return all;
            });
        }
        var kept = new ArrayList<Line>();
        for (var lines : ofSample.values()) {
            var own = new LinkedHashMap<String, Line>();
            lines.stream()
                    .sorted(Comparator.comparingInt(line -> rank.getOrDefault(line.method(), -1)))
                    .forEach(line -> own.merge(line.method(), line, this::better));
            kept.addAll(own.values());
        }
        return kept;
    }

    private Line better(Line before, Line line) {
        if (before.isAnswer() && line.isAnswer() && !before.key().equals(line.key())) {
            var name = names.get(line.sample()).split("\n", -1);
            throw new UserError(
                    "the parts have different answers of " + line.method() + " to sample " + name[1] + " of " + name[0]
                            + ": their prompts or rules differ (see --clock where a chat format prints the date)");
        }
        repeated++;
        return before.isAnswer() ? before : line;
    }

    /** How many lines another one of the same method and sample has replaced. */
    int repeated() {
        return repeated;
    }
}
