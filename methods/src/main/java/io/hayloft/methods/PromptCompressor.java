package io.hayloft.methods;

/** Shortens texts by leaving words out. One caller at a time. */
public interface PromptCompressor extends AutoCloseable {
    /**
     * Keeps about a share of a text. Scores of the last text are remembered, so that another share of it is cheap.
     *
     * @param rate share of the tokens that stays, above 0; at 1 and above nothing is chosen
     */
    CompressedPrompt compress(String text, double rate);

    @Override
    void close();
}
