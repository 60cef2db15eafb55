package io.hayloft.tasks.mini;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One task of the mini suite. Of an answer the first words count, as many as the true answer has: what a model writes
 * after that is neither rewarded nor punished.
 */
public final class MiniTask extends DefinedTask {
    private static final int USUAL_LENGTH = 1024;
    private static final int USUAL_COUNT = 16;
    private static final int SHORTEST_LENGTH = 64;

    /** Shorter texts would not hold the question; prompts come out at up to twice that many words. */
    private static final int FEWEST_WORDS = 32;

    /** The generators of texts, by their names in task files. */
    private static final Map<String, MiniText.Generator> TEXTS = Map.of(
            "single-document", new SingleDocument(),
            "multi-document", new MultiDocument(),
            "key-points", new KeyPoints(),
            "few-shot", new FewShot(),
            "retrieval", new Retrieval(),
            "code", new CodeCompletion(),
            "pass-key", new PassKeys());

    private final MiniText.Generator generator;

    /** The task of a definition whose parameter {@code text} names what it generates. */
    public MiniTask(Definition definition) {
        super(definition);
        this.generator = definition.parameters().choice("text", TEXTS);
    }

    @Override
    public boolean suitedTo(TokenCounter tokens) {
        var text = text(generator.generate(SHORTEST_LENGTH, new SeededRandom(name())));
        return Words.of(tokens.decode(tokens.encode(text))).equals(Words.of(text));
    }

    @Override
    public Samples open(SampleRequest request) {
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        int count = request.count() == 0 ? USUAL_COUNT : request.count();
        if (length < SHORTEST_LENGTH) {
            throw new UserError(
                    name() + ": " + length + " tokens are too few: ask for " + SHORTEST_LENGTH + " or more");
        }
        if (request.limitTokens() > 0 && length > request.limitTokens()) {
            throw new UserError(name() + ": a length of " + length + " tokens is above the limit of "
                    + request.limitTokens() + ": ask for shorter prompts");
        }
        return Samples.of(count, index -> sample(length, request.seed(), index, request.tokens()));
    }

    private Sample sample(int length, long seed, int index, TokenCounter tokens) {
        var text = fitting(length, seed, index, tokens);
        var answer = String.join(" ", text.answer());
        var facets = new LinkedHashMap<String, Object>();
        facets.put("length", length);
        text.depth().ifPresent(depth -> facets.put("depth", Math.rint(10 * depth) / 10));
        return new Sample(
                name(),
                category(),
                name() + "-" + length + "-" + seed + "-" + index,
                new Prompt(String.join(" ", text.context()), " " + String.join(" ", text.question()), false),
                List.of(answer),
                List.of(),
                // the space that comes before an answer is a part of its first token in many models
                Math.max(text.answer().size(), tokens.count(" " + answer)),
                facets);
    }

    /** The text of the wanted length; made anew with fewer words as long as it has too many tokens. */
    private MiniText fitting(int length, long seed, int index, TokenCounter tokens) {
        for (int words = length; words >= FEWEST_WORDS; ) {
            var text = generator.generate(words, new SeededRandom(name(), length, seed, index));
            int have = 1 + tokens.count(text(text)); // with a start token
            if (have <= length) {
                return text;
            }
            words = Math.min(words - 1, (int) ((long) words * length / have));
        }
        throw new UserError(
                name() + ": " + length + " tokens are too few with the tokenizer of this model: ask for more");
    }

    private static String text(MiniText text) {
        return String.join(" ", Phrase.join(text.context(), text.question()));
    }

    @Override
    public double score(Sample sample, String output) {
        var reference = sample.references().getFirst();
        int counted = Words.of(reference).size();
        var words = Words.of(output);
        var scored = String.join(" ", words.subList(0, Math.min(counted, words.size())));
        return definition().metric().score(scored, reference, List.of());
    }
}
