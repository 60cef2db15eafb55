package io.hayloft.bench.fidelity;

/**
 * Tokens that all caches read alike: a prompt, and what follows it.
 *
 * @param tokens ids of the prompt and of what follows
 * @param prompt tokens of the prompt, at least 1; the first token behind it is not a prediction of a compressed cache, as
 *     generation chooses it from the prefill
 * @param compressAfter tokens that are read before the caches are compressed, from 1 to {@code prompt}
 */
public record Passage(int[] tokens, int prompt, int compressAfter) {
    /** Checks that at least one prediction of a compressed cache can be compared. */
    public Passage {
        if (compressAfter < 1 || compressAfter > prompt || tokens.length < prompt + 2) {
            throw new IllegalArgumentException(
                    tokens.length + " tokens with a prompt of " + prompt + ", compressed after " + compressAfter);
        }
    }

    /** Predictions that are compared: those of the tokens {@code prompt + 1} to the last. */
    public int positions() {
        return tokens.length - prompt - 1;
    }
}
