package io.hayloft.kv.attention;

/**
 * Sizes and constants of the attention of one layer.
 *
 * @param queryHeads number of query heads, a multiple of {@code kvHeads}
 * @param kvHeads number of key and value heads; query head i reads KV head i / (queryHeads / kvHeads)
 * @param headDim channels of a head
 * @param scale factor of the scores, before the soft cap; mostly 1 / sqrt(headDim)
 * @param softCap scores become softCap * tanh(score / softCap); 0 for none
 * @param window tokens that a query sees, itself included; 0 for all
 */
public record AttentionShape(int queryHeads, int kvHeads, int headDim, float scale, float softCap, int window) {
    /** Checks the sizes. */
    public AttentionShape {
        if (kvHeads < 1 || queryHeads < kvHeads || queryHeads % kvHeads != 0 || headDim < 1) {
            throw new IllegalArgumentException(
                    queryHeads + " query heads, " + kvHeads + " KV heads of " + headDim + " channels");
        }
        if (!(softCap >= 0) || window < 0) {
            throw new IllegalArgumentException("soft cap " + softCap + ", window " + window);
        }
    }

    /** Query heads that share one KV head. */
    public int group() {
        return queryHeads / kvHeads;
    }

    /** Floats of one row of queries, or of results. */
    public int rowSize() {
        return queryHeads * headDim;
    }
}
