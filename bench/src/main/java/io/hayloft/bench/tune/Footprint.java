package io.hayloft.bench.tune;

/**
 * The bytes that a setting stores for a prompt, predicted; means over the lengths of prompts.
 *
 * @param method its canonical expression
 * @param bytes of a prompt that says nothing special
 * @param low the fewest that prompts of these lengths leave
 * @param high the most; the same as {@code low} where bytes do not depend on what a prompt says
 * @param tokens of a prompt
 */
public record Footprint(String method, double bytes, double low, double high, double tokens) {
    /** Bytes for each token of a prompt. */
    public double perToken() {
        return bytes / tokens;
    }
}
