package io.hayloft.methods;

import java.util.List;

/**
 * A text from which words were left out.
 *
 * @param text the compressed text
 * @param originalTokens tokens of the text before, as the compressor counts them
 * @param tokens tokens of the text after
 * @param words the words that were chosen from, in order; none if nothing was chosen
 * @param seconds time it took: scoring the words, even if another ratio had done so already, and choosing
 */
public record CompressedPrompt(String text, int originalTokens, int tokens, List<Word> words, double seconds) {
    /**
     * A word of the text before.
     *
     * @param text the word without the space in front of it
     * @param kept whether it stayed
     */
    public record Word(String text, boolean kept) {}

    /** Copies the words. */
    public CompressedPrompt {
        words = List.copyOf(words);
    }

    /** A text that stays as it is. */
    public static CompressedPrompt untouched(String text, int tokens) {
        return new CompressedPrompt(text, tokens, tokens, List.of(), 0);
    }

    /** The same with text around it that was never touched. */
    public CompressedPrompt between(String before, String after) {
        return new CompressedPrompt(before + text + after, originalTokens, tokens, words, seconds);
    }
}
