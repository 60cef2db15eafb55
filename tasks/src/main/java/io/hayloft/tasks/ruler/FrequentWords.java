package io.hayloft.tasks.ruler;

import io.hayloft.base.UserError;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.ruler.Fitting.Draft;
import io.hayloft.tasks.ruler.Fitting.Fitted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** The most frequent of made-up words, whose numbers fall by Zipf's law (the official program {@code freq_words_extraction}). */
final class FrequentWords implements Generator {
    private static final int LETTERS = 6;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

    /** The sum of 1/k² over all k from 1. */
    private static final double ZETA_OF_2 = 1.6449340668482264;

    private static final int TOKENS_A_WORD = 50;
    private static final int STEPS = 32;
    private static final String NOISE = "...";

    private final Job job;
    private final Draws draws;
    private final TokenCounter tokens;
    private final Wording prompt;

    /** Most tokens of a prompt. */
    private final int limit;

    private final int words;

    FrequentWords(Job job, Draws draws) {
        this.job = job;
        this.draws = draws;
        this.tokens = job.tokens();
        this.prompt = Wording.parse(job.template());
        this.limit = job.length() - job.answerTokens();
        if (limit < TOKENS_A_WORD) {
            throw tooShort("no coded word");
        }
        this.words = grown(vocabulary());
    }

    private UserError tooShort(String what) {
        return new UserError(job.settings().name() + ": " + job.length() + " tokens leave room for " + what
                + ", and RULER's own program fails there: ask for longer prompts");
    }

    @Override
    public Fitted next(int index) {
        var vocabulary = vocabulary();
        // a number that the search has brought below 1 counts as none given: it is searched for again
        int count = words > 0 ? shrunk(vocabulary, words) : grown(vocabulary);
        var text = text(vocabulary, count);
        var outputs = List.copyOf(vocabulary.subList(1, Math.min(4, vocabulary.size())));
        return new Fitted(new Draft(text, outputs), tokens.count(text) + job.answerTokens());
    }

    private List<String> vocabulary() {
        int size = limit / TOKENS_A_WORD;
        var drawn = new HashSet<String>();
        for (int i = 0; i < size || drawn.size() < size; i++) {
            drawn.add(draws.python().word(ALPHABET, LETTERS));
        }
        var sorted = new ArrayList<>(drawn);
        Collections.sort(sorted);
        draws.shuffleAnew(sorted);
        sorted.set(0, NOISE);
        return sorted;
    }

    /** The last number of words, going up in steps, before the text reaches the limit; one step below the first if none. */
    private int grown(List<String> vocabulary) {
        int count = limit / LETTERS;
        while (tokens.count(text(vocabulary, count)) < limit) {
            count += limit / STEPS;
        }
        return count - limit / STEPS;
    }

    private int shrunk(List<String> vocabulary, int from) {
        int count = from;
        while (tokens.count(text(vocabulary, count)) > limit) {
            if (count <= 0) {
                throw tooShort("the question alone");
            }
            count -= limit / STEPS;
        }
        return count;
    }

    private String text(List<String> vocabulary, int count) {
        var all = new ArrayList<String>();
        for (int rank = 1; rank <= vocabulary.size(); rank++) {
            int times = (int) (count * (1.0 / ((double) rank * rank)) / ZETA_OF_2);
            for (int i = 0; i < times; i++) {
                all.add(vocabulary.get(rank - 1));
            }
        }
        draws.shuffleAnew(all);
        return prompt.fill(Map.of("context", String.join(" ", all), "query", ""));
    }
}
