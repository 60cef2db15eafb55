package io.hayloft.bench.tune;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * How long the prompts are for which bytes count.
 *
 * @param bins in the order of their lengths; their weights sum to 1
 */
public record PromptLengths(List<Bin> bins) {
    /** Caches are predicted for so many lengths at most; neighbours are joined where there are more. */
    private static final int MOST_BINS = 24;

    /**
     * Prompts of about one length.
     *
     * @param tokens of a prompt
     * @param weight share of all prompts
     */
    public record Bin(int tokens, double weight) {}

    /** Copies the list. */
    public PromptLengths {
        bins = List.copyOf(bins);
    }

    /** Prompts of one length. */
    static PromptLengths of(int tokens) {
        return new PromptLengths(List.of(new Bin(tokens, 1)));
    }

    /** Tokens of the longest prompt. */
    int longest() {
        return bins.getLast().tokens();
    }

    /** Mean tokens of a prompt. */
    double tokens() {
        return bins.stream().mapToDouble(bin -> bin.weight() * bin.tokens()).sum();
    }

    /**
     * Reads a histogram: lines such as {@code 1024,37}, tokens of a prompt and how often such prompts come; a line without
     * numbers may head them.
     *
     * @throws UserError if the file cannot be read or holds something else
     */
    public static PromptLengths read(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UserError("cannot read --prompt-lengths " + file + ": " + FileError.reason(e), e);
        }
        var counts = new TreeMap<Integer, Double>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            boolean head = counts.isEmpty() && line.matches("\\D*");
            if (line.isEmpty() || line.startsWith("#") || head) {
                continue;
            }
            var parts = line.split("[,;\\s]+", -1);
            if (parts.length != 2 || !parts[0].matches("[1-9]\\d{0,8}") || !parts[1].matches("\\d{1,15}(\\.\\d+)?")) {
                throw new UserError(file + ", line " + (i + 1) + ": '" + line
                        + "' is not a length and count: write tokens of a prompt and how often it comes, such"
                        + " as 1024,37");
            }
            counts.merge(Integer.valueOf(parts[0]), Double.parseDouble(parts[1]), Double::sum);
        }
        double all = counts.values().stream().mapToDouble(Double::doubleValue).sum();
        if (!(all > 0)) {
            throw new UserError(
                    file + " counts no prompts: write tokens of a prompt and how often it comes, such as" + " 1024,37");
        }
        return joined(counts, all);
    }

    /** Neighbouring lengths become one, the mean of theirs, so that few enough are left and the mean stays. */
    private static PromptLengths joined(TreeMap<Integer, Double> counts, double all) {
        counts.values().removeIf(count -> count == 0);
        var lengths = List.copyOf(counts.entrySet());
        int together = (lengths.size() + MOST_BINS - 1) / MOST_BINS;
        var bins = new ArrayList<Bin>();
        for (int first = 0; first < lengths.size(); first += together) {
            double weight = 0;
            double tokens = 0;
            for (var entry : lengths.subList(first, Math.min(lengths.size(), first + together))) {
                weight += entry.getValue() / all;
                tokens += entry.getKey() * entry.getValue() / all;
            }
            bins.add(new Bin((int) Math.rint(tokens / weight), weight));
        }
        return new PromptLengths(bins);
    }
}
