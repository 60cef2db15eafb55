package io.hayloft.bench.fidelity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How near the next-token distributions Q of a method's cache are to those P of the full cache, when both read the same
 * tokens one by one. Percentiles lie between the two nearest values in proportion (the usual linear rule).
 *
 * @param method its expression
 * @param positions distributions that were compared
 * @param perplexity e to the power of the mean of -log Q(next token)
 * @param perplexityError standard error of it, from the scatter over positions taken as independent; null for a single one
 * @param divergence the divergences KL(P || Q), in nats
 * @param sameTop share of positions where both caches find the same token most likely
 * @param shift percentiles of Q(next token) - P(next token), so below 0 where the method makes the text less likely
 * @param firstDisagreement positions from the beginning of a passage to the first where the most likely tokens differ, the
 *     fewest of all passages; null if they never differ
 * @param storedBytes bytes of the cache when it had been compressed, mean over the passages
 * @param achievedRatio bytes of a full cache of the same tokens over {@code storedBytes}
 * @param parts the same distances by distance from the compression
 */
public record MethodFidelity(
        String method,
        int positions,
        double perplexity,
        @Nullable Double perplexityError,
        Divergence divergence,
        double sameTop,
        Shift shift,
        @Nullable Integer firstDisagreement,
        long storedBytes,
        double achievedRatio,
        List<Part> parts) {
    /** Copies the list. */
    public MethodFidelity {
        parts = List.copyOf(parts);
    }

    /** Mean and percentiles of Kullback-Leibler divergences, in nats. */
    public record Divergence(double mean, double median, double percent99, double percent999) {}

    /** Percentiles of the difference of probabilities of the text's next token. */
    public record Shift(double percent5, double median, double percent95) {}

    /**
     * Positions at some distance from the beginning of their passage.
     *
     * @param from first position, from 0
     * @param to the one after the last
     * @param divergence mean KL(P || Q) in nats
     * @param sameTop share with the same most likely token
     */
    public record Part(int from, int to, double divergence, double sameTop) {}
}
