package io.hayloft.tasks.needle;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.Definition;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A pass key hidden at several depths of a long text. Samples go through all depths, then again with other keys and
 * prose; a count that is a multiple of the number of depths makes a full grid.
 */
public final class NeedleTask extends KeyTask {
    private static final int USUAL_LENGTH = 4096;
    private static final int MOST_DIGITS = 1000;

    /** Room in an answer for words before the key. */
    private static final int EXTRA_TOKENS = 9;

    /** Where the needle goes, from 0 (the beginning) to 1 (the end), in the order of the samples. */
    private final List<Double> depths;

    /**
     * The task of a definition with the parameters {@code digits} and {@code depths}.
     *
     * @throws UserError unless there are 1 to 1000 digits, and depths within their range
     */
    public NeedleTask(Definition definition) {
        this(definition, digitsOf(definition));
    }

    private NeedleTask(Definition definition, int digits) {
        super(definition, digits, MOST_DIGITS);
        var parameters = definition.parameters();
        this.depths = parameters.list("depths", List.of("0.5")).stream()
                .map(depth -> depth(definition, depth))
                .toList();
        if (depths.isEmpty()) {
            throw parameters.place("depths").error("'depths' names at least one from 0 to 1");
        }
    }

    private static double depth(Definition definition, String text) {
        try {
            double depth = Double.parseDouble(text);
            if (depth >= 0 && depth <= 1) {
                return depth;
            }
        } catch (NumberFormatException e) {
            // reported below, with the same words as a number out of range
        }
        throw definition.parameters().place("depths").error("'depths' are numbers from 0 to 1, not '" + text + "'");
    }

    @Override
    public NeedleTask withDigits(int other) {
        return new NeedleTask(definition(), other);
    }

    @Override
    public String description() {
        return super.description().replace("{depths}", String.valueOf(depths.size()));
    }

    @Override
    public Samples open(SampleRequest request) {
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        if (request.limitTokens() > 0 && length > request.limitTokens()) {
            throw new UserError(name() + ": a length of " + length + " tokens is above the limit of "
                    + request.limitTokens() + ": ask for shorter prompts");
        }
        int count = request.count() == 0 ? depths.size() : request.count();
        var haystack = request.haystack() == null
                ? Haystack.INSTANCE
                : Haystack.of(String.join("\n\n", BackgroundTexts.of(request)));
        var prompts = new NeedlePrompt(haystack, request.tokens());
        return Samples.of(count, index -> sample(length, request.seed(), index, prompts, request.tokens()));
    }

    /** No tokenizer needs more than a token for a digit, and one for a space in front. */
    @Override
    public int longestAnswer(SampleRequest request) {
        return digits() + 1 + EXTRA_TOKENS;
    }

    private Sample sample(int length, long seed, int index, NeedlePrompt prompts, TokenCounter tokens) {
        var random = new SeededRandom(name(), length, seed, index);
        var key = key(digits(), random);
        int start = random.pick(prompts.haystack().paragraphStarts());
        double depth = depths.get(index % depths.size());
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", length);
        facets.put("depth", depth);
        facets.put("repeat", index / depths.size());
        return new Sample(
                name(),
                category(),
                name() + "-" + length + "-" + seed + "-" + index,
                prompts.fit(length, depth, start, key),
                List.of(key),
                List.of(),
                tokens.count(key) + EXTRA_TOKENS,
                facets);
    }

    /** A random key; it may begin with zeros. */
    static String key(int digits, SeededRandom random) {
        var key = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            key.append(random.nextInt(10));
        }
        return key.toString();
    }
}
