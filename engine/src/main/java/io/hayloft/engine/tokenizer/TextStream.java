package io.hayloft.engine.tokenizer;

/** Decodes a growing list of ids: each piece of text is given out once, when no later id can change it. */
public final class TextStream {
    private final Tokenizer tokenizer;

    TextStream(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Adds an id and returns the text that is now complete; often empty, never half a code point. */
    public String push(int id) {
        throw new UnsupportedOperationException(tokenizer.describe() + id);
    }

    /** The rest, with U+FFFD for bytes that never became a character. The stream is then as new. */
    public String flush() {
        throw new UnsupportedOperationException();
    }
}
