package io.hayloft.formats.config;

import io.hayloft.base.UserError;
import org.jspecify.annotations.Nullable;

/**
 * The attention of one layer.
 *
 * @param queryHeads query heads
 * @param kvHeads key and value heads; divides {@code queryHeads}
 * @param headDim channels of a head
 * @param window tokens that a query sees, itself included; 0 for all
 * @param rope rotation of queries and keys; null if the layer does not rotate them
 * @param scale factor on query-key products
 * @param softCap {@code c} in {@code c tanh(x / c)} on scaled query-key products; 0 for none
 * @param headNorms whether queries and keys of each head are normalised before the rotation
 * @param biases whether queries, keys and values have a bias
 */
public record AttentionConfig(
        int queryHeads,
        int kvHeads,
        int headDim,
        int window,
        @Nullable RopeConfig rope,
        double scale,
        double softCap,
        boolean headNorms,
        boolean biases)
        implements LayerConfig.Mixer {
    private static final int WIDEST = 1 << 20;

    /**
     * Checks that the numbers agree with each other and can belong to a model.
     *
     * @throws UserError naming the number that is wrong
     */
    public AttentionConfig {
        Limits.whole("query heads", queryHeads, 1, 4096);
        Limits.whole("KV heads", kvHeads, 1, queryHeads);
        Limits.whole("head size", headDim, 2, 4096);
        Limits.whole("query heads x head size", (long) queryHeads * headDim, 2, WIDEST);
        Limits.whole("window", window, 0, Integer.MAX_VALUE);
        Limits.number("query scale", scale, 1e-9, 1e9);
        Limits.number("attention soft cap", softCap, 0, 1e9);
        if (queryHeads % kvHeads != 0) {
            throw new UserError(queryHeads + " query heads cannot share " + kvHeads + " KV heads evenly");
        }
        if (rope != null && rope.rotaryDims() > headDim) {
            throw new UserError(rope.rotaryDims() + " rotary channels do not fit heads of " + headDim);
        }
    }

    /** The same attention with another window and rotation. */
    public AttentionConfig with(int newWindow, @Nullable RopeConfig newRope) {
        return new AttentionConfig(queryHeads, kvHeads, headDim, newWindow, newRope, scale, softCap, headNorms, biases);
    }

    @Override
    public long weights(int hidden) {
        return 2L * hidden * (queryWidth() + kvWidth());
    }

    /** Whether a query sees the newest tokens only. */
    public boolean sliding() {
        return window > 0;
    }

    /** Query heads that share a KV head. */
    public int groupSize() {
        return queryHeads / kvHeads;
    }

    /** Channels of the queries of a token, and of the result: queryHeads * headDim. */
    public int queryWidth() {
        return queryHeads * headDim;
    }

    /** Channels of the keys of a token, and of the values: kvHeads * headDim. */
    public int kvWidth() {
        return kvHeads * headDim;
    }
}
