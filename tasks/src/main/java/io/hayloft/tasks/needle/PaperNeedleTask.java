package io.hayloft.tasks.needle;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.PassKeyGrid;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The pass-key needle as the published benchmark sets it: background of a number of <em>words</em>, ten depths, long
 * answers, long answers. The background is {@link BackgroundTexts}.
 */
public final class PaperNeedleTask extends KeyTask {
    private static final int USUAL_WORDS = 2730;
    private static final int MAX_NEW_TOKENS = 256;
    private static final double[] DEPTHS = PassKeyGrid.points(0, 1, 10, false);
    private static final int MOST_DIGITS = 1000;

    /**
     * The task of a definition with the parameter {@code digits}.
     *
     * @throws UserError unless there are 1 to 1000 digits
     */
    public PaperNeedleTask(Definition definition) {
        this(definition, digitsOf(definition));
    }

    private PaperNeedleTask(Definition definition, int digits) {
        super(definition, digits, MOST_DIGITS);
    }

    @Override
    public PaperNeedleTask withDigits(int other) {
        return new PaperNeedleTask(definition(), other);
    }

    @Override
    public Samples open(SampleRequest request) {
        int words = request.length() == 0 ? USUAL_WORDS : request.length();
        int count = request.count() == 0 ? DEPTHS.length : request.count();
        var texts = BackgroundTexts.of(request);
        return Samples.of(
                count, index -> within(request.limitTokens(), sample(texts, words, request.seed(), index), request));
    }

    private Sample within(int limit, Sample sample, SampleRequest request) {
        int tokens = limit == 0 ? 0 : 1 + request.tokens().count(sample.prompt().text());
        if (tokens > limit) {
            throw new UserError(name() + ": " + sample.facets().get("length") + " words are " + tokens
                    + " tokens, above the limit of " + limit + ": ask for shorter prompts");
        }
        return sample;
    }

    @Override
    public int longestAnswer(SampleRequest request) {
        return MAX_NEW_TOKENS;
    }

    private Sample sample(List<String> texts, int words, long seed, int index) {
        double depth = DEPTHS[index % DEPTHS.length];
        var key = NeedleTask.key(digits(), new SeededRandom(name(), words, seed, index));
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", words);
        facets.put("depth", depth);
        facets.put("repeat", index / DEPTHS.length);
        return new Sample(
                name(),
                category(),
                name() + "-" + words + "-" + seed + "-" + index,
                PaperPrompt.of(texts, words, depth, key),
                List.of(key),
                List.of(),
                MAX_NEW_TOKENS,
                facets);
    }
}
