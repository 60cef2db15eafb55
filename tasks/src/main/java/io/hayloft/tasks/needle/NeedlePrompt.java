package io.hayloft.tasks.needle;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import java.util.List;

/** Builds prompts of at most a given number of tokens: instruction, prose with the needle between two sentences, question. */
final class NeedlePrompt {
    private static final String INSTRUCTION =
            "Somewhere in the text below there is a pass key. Find it and remember it, for it will be asked for.\n\n";
    private static final String QUESTION = "\n\nWhat is the pass key? The pass key is ";

    private final Haystack haystack;
    private final TokenCounter tokens;

    /** Tokens of each sentence of the haystack by itself: enough to guess how many sentences fit. */
    private final int[] sentenceTokens;

    NeedlePrompt(Haystack haystack, TokenCounter tokens) {
        this.haystack = haystack;
        this.tokens = tokens;
        this.sentenceTokens = new int[haystack.size()];
        for (int i = 0; i < sentenceTokens.length; i++) {
            sentenceTokens[i] = tokens.count(haystack.sentence(i));
        }
    }

    /** The prose around the needle. */
    Haystack haystack() {
        return haystack;
    }

    /** Tokens that may stay free, of a length: a fiftieth. Only where more do, a sentence is cut to fill them. */
    private static final int FREE = 50;

    /** Sentences with enough words for that. */
    private static final int CUT_SENTENCES = 4;

    /**
     * The longest prompt that fits: whole sentences and, where these leave much of a short length free, words of one more.
     *
     * @param length most tokens of the prompt, a BOS token included
     * @param depth where the needle goes, from 0 (before the prose) to 1 (after it)
     * @param start first sentence of the prose
     * @throws UserError if not even the needle alone fits
     */
    Prompt fit(int length, double depth, int start, String key) {
        int sentences = guess(length - count(prompt(0, depth, start, key)), start);
        while (sentences > 0 && count(prompt(sentences, depth, start, key)) > length) {
            sentences--;
        }
        while (count(prompt(sentences + 1, depth, start, key)) <= length) {
            sentences++;
        }
        var prompt = prompt(sentences, depth, start, key);
        if (count(prompt) > length) {
            throw new UserError("needle: " + length + " tokens are too few: the pass key alone needs " + count(prompt));
        }
        return count(prompt) < length - length / FREE ? filled(length, depth, start, key, sentences) : prompt;
    }

    /** Adds words of the prose at the end, or at the beginning where the needle is in the second half. */
    private Prompt filled(int length, double depth, int start, String key, int sentences) {
        boolean inFront = depth > 0.5;
        int from = inFront ? start + haystack.size() - CUT_SENTENCES : start + sentences;
        var words = List.of(haystack.sentences(from, CUT_SENTENCES).strip().split("\\s+", -1));
        int fitting = 0;
        for (int tooMany = words.size() + 1; tooMany - fitting > 1; ) {
            int middle = (fitting + tooMany) / 2;
            if (count(prompt(sentences, depth, start, key, cut(words, middle, inFront))) <= length) {
                fitting = middle;
            } else {
                tooMany = middle;
            }
        }
        return prompt(sentences, depth, start, key, cut(words, fitting, inFront));
    }

    /** Words of cut sentences around the prose; one of the two is empty. */
    private record Cut(String inFront, String atEnd) {
        static final Cut NONE = new Cut("", "");
    }

    private static Cut cut(List<String> words, int count, boolean inFront) {
        return inFront
                ? new Cut(String.join(" ", words.subList(words.size() - count, words.size())) + " ", "")
                : new Cut("", " " + String.join(" ", words.subList(0, count)));
    }

    private int guess(int room, int start) {
        int sentences = 0;
        for (int used = 0; used < room; sentences++) {
            used += Math.max(1, sentenceTokens[(start + sentences) % sentenceTokens.length]);
        }
        return sentences;
    }

    /** With a BOS token, whether the model has one or not, so that prompts do not depend on it. */
    private int count(Prompt prompt) {
        return 1 + tokens.count(prompt.text());
    }

    private Prompt prompt(int sentences, double depth, int start, String key) {
        return prompt(sentences, depth, start, key, Cut.NONE);
    }

    private Prompt prompt(int sentences, double depth, int start, String key, Cut cut) {
        int before = (int) Math.rint(depth * sentences);
        var prose = cut.inFront()
                + haystack.sentences(start, before)
                + "The pass key is " + key + ". Remember it. " + key + " is the pass key. "
                + haystack.sentences(start + before, sentences - before);
        return new Prompt(INSTRUCTION, prose.stripTrailing() + cut.atEnd(), QUESTION, false);
    }
}
