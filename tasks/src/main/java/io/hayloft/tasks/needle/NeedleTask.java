package io.hayloft.tasks.needle;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.metric.Metric;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A pass key hidden at several depths of a long text. Samples go through all depths, then again with other keys and
 * prose; a count that is a multiple of the number of depths makes a full grid.
 */
public final class NeedleTask implements Task {
    /** Digits of the usual key. */
    public static final int USUAL_DIGITS = 7;

    /** Middle first, then the ends, so that a small number of samples is spread as well. */
    private static final List<Double> DEPTHS = List.of(0.5, 0.0, 1.0, 0.25, 0.75);

    private static final String VERSION = "1";
    private static final int USUAL_LENGTH = 4096;
    private static final int MOST_DIGITS = 1000;

    /** Room in an answer for words before the key. */
    private static final int EXTRA_TOKENS = 9;

    private final int digits;
    private final List<Double> depths;

    /**
     * A needle task with the usual depths.
     *
     * @throws UserError unless there are 1 to 1000 digits
     */
    public NeedleTask(int digits) {
        this(digits, DEPTHS);
    }

    /**
     * A needle task.
     *
     * @param depths where the needle goes, from 0 (the beginning) to 1 (the end), in the order of the samples
     * @throws UserError unless there are 1 to 1000 digits, and depths within their range
     */
    public NeedleTask(int digits, List<Double> depths) {
        if (depths.isEmpty() || depths.stream().anyMatch(depth -> !(depth >= 0 && depth <= 1))) {
            throw new UserError("needle: depths " + depths + ": name some from 0 to 1");
        }
        this.digits = checkedDigits(digits);
        this.depths = List.copyOf(depths);
    }

    static int checkedDigits(int digits) {
        if (digits < 1 || digits > MOST_DIGITS) {
            throw new UserError("needle: " + digits + " digits: ask for 1 to " + MOST_DIGITS);
        }
        return digits;
    }

    @Override
    public String name() {
        return digits == USUAL_DIGITS ? "needle" : "needle-" + digits;
    }

    @Override
    public Category category() {
        return Category.NEEDLE;
    }

    @Override
    public String description() {
        return "a pass key of " + digits + " digits in prose, at " + depths.size() + " depths";
    }

    @Override
    public String metric() {
        return Metric.PASS_KEY.id();
    }

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public boolean suitedTo(TokenCounter tokens) {
        return Haystack.INSTANCE.isReadableBy(tokens);
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
        return digits + 1 + EXTRA_TOKENS;
    }

    private Sample sample(int length, long seed, int index, NeedlePrompt prompts, TokenCounter tokens) {
        var random = new SeededRandom(name(), length, seed, index);
        var key = key(digits, random);
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

    @Override
    public double score(Sample sample, String output) {
        return Metric.PASS_KEY.best(output, sample.references(), List.of());
    }
}
