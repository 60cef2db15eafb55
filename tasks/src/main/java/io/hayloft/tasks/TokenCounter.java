package io.hayloft.tasks;

/** The part of a model's tokenizer that tasks need to fit and cut prompts. */
public interface TokenCounter {
    /** The tokens of a text, without any special tokens. */
    int[] encode(String text);

    /** The text of tokens, special tokens left out. */
    String decode(int[] ids);

    /** How many tokens a text has, without special tokens. */
    default int count(String text) {
        return encode(text).length;
    }

    /** How many special tokens the model's tokenizer puts before a raw text: 1 where it has a BOS token, else 0. */
    default int startTokens() {
        return 0;
    }
}
