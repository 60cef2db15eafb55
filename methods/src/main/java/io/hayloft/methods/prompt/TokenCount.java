package io.hayloft.methods.prompt;

import io.hayloft.tokenizer.Tokenizer;

/** Counts the tokens in which a rate is meant. */
@FunctionalInterface
public interface TokenCount {
    /**
     * Stands in for the tokenizer of GPT-3.5, in which the original counts: a quarter of the UTF-8 bytes, rounded up, at
     * least 1.
     */
    TokenCount GPT_ESTIMATE = text -> (int) Math.max(1, (utf8Bytes(text) + 3) / 4);

    /** Tokens of a text or word. */
    int count(String text);

    /** Counts in tokens of a model, those added around a text left out. */
    static TokenCount of(Tokenizer tokenizer) {
        return text -> tokenizer.encode(text, false, false).length;
    }

    private static long utf8Bytes(String text) {
        return text.codePoints()
                .mapToLong(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4)
                .sum();
    }
}
