package io.hayloft.tasks.needle;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.PassKeyGrid;
import io.hayloft.tasks.python.PythonRandom;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pass-key grid of the paper (arXiv 2407.01527): ten lengths from 512 to 20,480 words, ten depths, three keys a cell,
 * 300 samples. With the paper's seed of 42 the keys are the paper's.
 *
 * <p>Lengths and depths are stratified: the first ten samples have ten lengths and ten depths, the first hundred have every
 * cell once. Lengths that do not fit the limit of the request are left out.
 */
public final class PassKeyTask extends KeyTask {
    /** The digits of a key may be this many. */
    public static final int MOST_DIGITS = 128;

    private static final int MAX_NEW_TOKENS = 256;
    private static final int REPEATS = 3;
    private static final double[] LENGTHS = PassKeyGrid.points(512, 20480, 10, true);
    private static final double[] DEPTHS = PassKeyGrid.points(0, 1, 10, false);

    /** Depths between the samples of neighbouring lengths; without a common factor with the number of depths. */
    private static final int DEPTH_STEP = 3;

    private static final List<Character> DIGITS =
            "0123456789".chars().mapToObj(digit -> (char) digit).toList();

    /**
     * The grid of a definition with the parameter {@code digits}; the paper's keys have 7 and 64.
     *
     * @throws UserError unless there are 1 to 128 digits
     */
    public PassKeyTask(Definition definition) {
        this(definition, digitsOf(definition));
    }

    private PassKeyTask(Definition definition, int digits) {
        super(definition, digits, MOST_DIGITS);
    }

    @Override
    public PassKeyTask withDigits(int other) {
        return new PassKeyTask(definition(), other);
    }

    /** A cell of the grid and the number of the key in it. */
    record Cell(int length, int depth, int repeat) {
        /** The cell of a sample, if only so many lengths are used. */
        static Cell of(int index, int lengths) {
            int cells = lengths * DEPTHS.length;
            int inRound = index % cells;
            int length = inRound % lengths;
            int depth = (length * DEPTH_STEP + inRound / lengths) % DEPTHS.length;
            return new Cell(length, depth, index / cells);
        }

        /** The number of the key in the paper's order: by length, by depth, by repeat. */
        int key() {
            return (length * DEPTHS.length + depth) * REPEATS + repeat;
        }
    }

    @Override
    public boolean ownLengths(@Nullable Path data) {
        return true;
    }

    @Override
    public Samples open(SampleRequest request) {
        var texts = BackgroundTexts.of(request);
        var keys = keys(request.seed());
        int lengths = fitting(texts, request);
        int all = lengths * DEPTHS.length * REPEATS;
        int count = request.count() == 0 ? all : Math.min(all, request.count());
        return Samples.of(count, index -> sample(texts, keys, request.seed(), Cell.of(index, lengths)), index ->
                (long) LENGTHS[Cell.of(index, lengths).length()]);
    }

    /** All keys in the paper's order. */
    List<String> keys(long seed) {
        var random = new PythonRandom(seed);
        var keys = new ArrayList<String>();
        for (int i = 0; i < LENGTHS.length * DEPTHS.length * REPEATS; i++) {
            var key = new StringBuilder();
            for (int j = 0; j < digits(); j++) {
                key.append(random.choice(DIGITS));
            }
            keys.add(key.toString());
        }
        return keys;
    }

    /** How many of the lengths fit. */
    private int fitting(List<String> texts, SampleRequest request) {
        int lengths = LENGTHS.length;
        if (request.limitTokens() > 0) {
            while (lengths > 0 && tokens(texts, (int) LENGTHS[lengths - 1], request) > request.limitTokens()) {
                lengths--;
            }
        }
        if (lengths == 0) {
            throw new UserError(
                    name() + ": the shortest prompt, of " + (int) LENGTHS[0] + " words, is above the limit of "
                            + request.limitTokens() + " tokens: take needle, or a model with a longer context");
        }
        return lengths;
    }

    /** Tokens of a prompt, with one for BOS and some for keys of other digits. */
    private int tokens(List<String> texts, int words, SampleRequest request) {
        return 1
                + 2 * digits()
                + request.tokens()
                        .count(PaperPrompt.of(texts, words, 0.5, "0".repeat(digits()))
                                .text());
    }

    private Sample sample(List<String> texts, List<String> keys, long seed, Cell cell) {
        int words = (int) LENGTHS[cell.length()];
        double depth = DEPTHS[cell.depth()];
        var key = keys.get(cell.key());
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", words);
        facets.put("depth", depth);
        facets.put("repeat", cell.repeat());
        return new Sample(
                name(),
                category(),
                name() + "-" + seed + "-" + cell.key(),
                PaperPrompt.of(texts, words, depth, key),
                List.of(key),
                List.of(),
                MAX_NEW_TOKENS,
                facets);
    }

    @Override
    public int longestAnswer(SampleRequest request) {
        return MAX_NEW_TOKENS;
    }
}
