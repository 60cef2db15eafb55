package io.hayloft.methods;

import java.util.List;

/**
 * Shares one number of tokens among the heads of all layers, by their scores or without a look at them.
 *
 * <p>Totals are exact: the results add up to {@code total}. Shares that are not whole are rounded down, and those with the
 * largest remainders get one token more, earlier layers and heads first.
 */
public interface Allocator {
    /**
     * The tokens that each head keeps.
     *
     * @param layers scores of the layers that see all tokens, in order
     * @param total tokens of all heads together, at least one a head and at most what there is
     * @return {@code [layer][head]}
     */
    int[][] tokens(List<LayerScores> layers, long total);
}
