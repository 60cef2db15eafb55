package io.hayloft.tasks.mini;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.Words;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * One task of the mini suite. Of an answer the first words count, as many as the true answer has: what a model writes
 * after that is neither rewarded nor punished.
 */
public final class MiniTask implements Task {
    private static final String VERSION = "1";
    private static final int USUAL_LENGTH = 1024;
    private static final int USUAL_COUNT = 16;
    private static final int SHORTEST_LENGTH = 64;

    /** Shorter texts would not hold the question; prompts come out at up to twice that many words. */
    private static final int FEWEST_WORDS = 32;

    private final String name;
    private final Category category;
    private final String description;
    private final Metric metric;
    private final MiniText.Generator generator;

    private MiniTask(String name, Category category, String description, Metric metric, MiniText.Generator generator) {
        this.name = name;
        this.category = category;
        this.description = description;
        this.metric = metric;
        this.generator = generator;
    }

    /** The seven tasks, one a category. */
    public static List<Task> all() {
        return List.of(
                new MiniTask(
                        "mini-single-doc-qa",
                        Category.SINGLE_DOC_QA,
                        "generated facts about people, one is asked for",
                        Metric.QA_F1,
                        new SingleDocument()),
                new MiniTask(
                        "mini-multi-doc-qa",
                        Category.MULTI_DOC_QA,
                        "generated facts about jobs and places, two must be chained",
                        Metric.QA_F1,
                        new MultiDocument()),
                new MiniTask(
                        "mini-summarisation",
                        Category.SUMMARISATION,
                        "three marked sentences in generated text, all to be repeated",
                        Metric.ROUGE_L,
                        new KeyPoints()),
                new MiniTask(
                        "mini-few-shot",
                        Category.FEW_SHOT,
                        "labels for classes of nouns, from generated examples",
                        Metric.EXACT_WORDS,
                        new FewShot()),
                new MiniTask(
                        "mini-retrieval",
                        Category.SYNTHETIC,
                        "the number of the generated paragraph that ends with a sentence",
                        Metric.EXACT_WORDS,
                        new Retrieval()),
                new MiniTask(
                        "mini-code",
                        Category.CODE,
                        "the arguments of a generated constructor",
                        Metric.CODE_SIMILARITY,
                        new CodeCompletion()),
                new MiniTask(
                        "mini-needle",
                        Category.NEEDLE,
                        "a seven-digit pass key in generated text",
                        Metric.EXACT_WORDS,
                        new PassKeys()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Category category() {
        return category;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public String metric() {
        return metric.id();
    }

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public boolean suitedTo(TokenCounter tokens) {
        var text = text(generator.generate(SHORTEST_LENGTH, new SeededRandom(name)));
        return Words.of(tokens.decode(tokens.encode(text))).equals(Words.of(text));
    }

    @Override
    public Samples open(SampleRequest request) {
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        int count = request.count() == 0 ? USUAL_COUNT : request.count();
        if (length < SHORTEST_LENGTH) {
            throw new UserError(name + ": " + length + " tokens are too few: ask for " + SHORTEST_LENGTH + " or more");
        }
        if (request.limitTokens() > 0 && length > request.limitTokens()) {
            throw new UserError(name + ": a length of " + length + " tokens is above the limit of "
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
                name,
                category,
                name + "-" + length + "-" + seed + "-" + index,
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
            var text = generator.generate(words, new SeededRandom(name, length, seed, index));
            int have = 1 + tokens.count(text(text)); // with a start token
            if (have <= length) {
                return text;
            }
            words = Math.min(words - 1, (int) ((long) words * length / have));
        }
        throw new UserError(
                name + ": " + length + " tokens are too few with the tokenizer of this model: ask for more");
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
        return metric.score(scored, reference, List.of());
    }
}
