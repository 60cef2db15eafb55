package io.hayloft.kv.attention;

import io.hayloft.kernels.Exp;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and constants of the attention of one layer.
 *
 * @param queryHeads number of query heads, a multiple of {@code kvHeads}
 * @param kvHeads number of key and value heads; query head i reads KV head i / (queryHeads / kvHeads)
 * @param headDim channels of a head
 * @param scale factor of the scores, before the soft cap; mostly 1 / sqrt(headDim)
 * @param softCap scores become softCap * tanh(score / softCap); 0 for none
 * @param window tokens that a query sees, itself included; 0 for all
 * @param sinks one more logit of each query head's softmax, which has no value [queryHeads]; null for none
 */
public record AttentionShape(
        int queryHeads, int kvHeads, int headDim, float scale, float softCap, int window, float @Nullable [] sinks) {
    /** Checks the sizes. */
    public AttentionShape {
        if (kvHeads < 1 || queryHeads < kvHeads || queryHeads % kvHeads != 0 || headDim < 1) {
            throw new IllegalArgumentException(
                    queryHeads + " query heads, " + kvHeads + " KV heads of " + headDim + " channels");
        }
        if (!(softCap >= 0) || window < 0) {
            throw new IllegalArgumentException("soft cap " + softCap + ", window " + window);
        }
        if (sinks != null && sinks.length != queryHeads) {
            throw new IllegalArgumentException(sinks.length + " sinks for " + queryHeads + " query heads");
        }
    }

    /** Attention without sinks. */
    public AttentionShape(int queryHeads, int kvHeads, int headDim, float scale, float softCap, int window) {
        this(queryHeads, kvHeads, headDim, scale, softCap, window, null);
    }

    /** The same attention with these sinks, or without any. */
    public AttentionShape withSinks(float @Nullable [] newSinks) {
        return new AttentionShape(queryHeads, kvHeads, headDim, scale, softCap, window, newSinks);
    }

    /** The largest score of a query head, its sink included. */
    float largestWithSink(int queryHead, float largest) {
        return sinks == null ? largest : Math.max(largest, sinks[queryHead]);
    }

    /** Returns the part that the sink of a query head has in the sum of exponentials, relative to a score; 0 without sinks. */
    float exponentialOfSink(int queryHead, float largest) {
        return sinks == null ? 0 : (float) Exp.precise(sinks[queryHead] - largest);
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
