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
 * @param headNorm how queries and keys are normalised before the rotation
 * @param biases whether queries, keys and values have a bias
 * @param outputBias whether the output projection has a bias
 * @param additions what few architectures have besides
 */
public record AttentionConfig(
        int queryHeads,
        int kvHeads,
        int headDim,
        int window,
        @Nullable RopeConfig rope,
        double scale,
        double softCap,
        HeadNorm headNorm,
        boolean biases,
        boolean outputBias,
        Additions additions)
        implements LayerConfig.Mixer {
    private static final int WIDEST = 1 << 20;

    /** The norm of queries and keys before the rotation, of the kind of the model's other norms. */
    public enum HeadNorm {
        /** There is none. */
        NONE,
        /** Each head on its own, all by the same weight {@code [headDim]}. */
        SHARED,
        /** Each head on its own, by a weight of its own {@code [heads * headDim]}. */
        OWN,
        /** All heads of a token together, by a weight {@code [heads * headDim]}. */
        TOGETHER
    }

    /**
     * Parts that the attention of few architectures has.
     *
     * @param sinks whether the softmax of each query head has one more logit, learned, that has no value (OpenAI,
     *     "gpt-oss-120b and gpt-oss-20b Model Card", arXiv 2508.10925, section 2)
     * @param outputGate whether the heads' results are multiplied with the sigmoid of another projection of the row
     *     (Qwen3-Next)
     * @param latent sizes of latent attention, where the only KV head has one row a token for keys and values: the rotating
     *     key, then the latent; null for others
     * @param valueNorm whether values, too, are normalised head by head, without a weight (Gemma 3n)
     * @param holder the earlier layer whose keys and values the queries read; -1 if the layer has its own
     */
    public record Additions(
            boolean sinks, boolean outputGate, @Nullable LatentAttention latent, boolean valueNorm, int holder) {
        /** None of them. */
        public static final Additions NONE = new Additions(false, false, null);

        /** Additions of a layer with its own keys and values, which are left as they are. */
        public Additions(boolean sinks, boolean outputGate, @Nullable LatentAttention latent) {
            this(sinks, outputGate, latent, false, -1);
        }
    }

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

    /** Attention without additions. */
    public AttentionConfig(
            int queryHeads,
            int kvHeads,
            int headDim,
            int window,
            @Nullable RopeConfig rope,
            double scale,
            double softCap,
            HeadNorm headNorm,
            boolean biases,
            boolean outputBias) {
        this(queryHeads, kvHeads, headDim, window, rope, scale, softCap, headNorm, biases, outputBias, Additions.NONE);
    }

    /** Attention without a bias on its output, whose heads are normalised by the same weight or not at all. */
    public AttentionConfig(
            int queryHeads,
            int kvHeads,
            int headDim,
            int window,
            @Nullable RopeConfig rope,
            double scale,
            double softCap,
            boolean headNorms,
            boolean biases) {
        this(
                queryHeads,
                kvHeads,
                headDim,
                window,
                rope,
                scale,
                softCap,
                headNorms ? HeadNorm.SHARED : HeadNorm.NONE,
                biases,
                false);
    }

    /** The same attention with another window and rotation. */
    public AttentionConfig with(int newWindow, @Nullable RopeConfig newRope) {
        return new AttentionConfig(
                queryHeads,
                kvHeads,
                headDim,
                newWindow,
                newRope,
                scale,
                softCap,
                headNorm,
                biases,
                outputBias,
                additions);
    }

    /** The same queries on the keys and values of an earlier layer. */
    public AttentionConfig reading(int holder) {
        return new AttentionConfig(
                queryHeads,
                kvHeads,
                headDim,
                window,
                rope,
                scale,
                softCap,
                headNorm,
                biases,
                outputBias,
                new Additions(additions.sinks, additions.outputGate, additions.latent, additions.valueNorm, holder));
    }

    /** The same attention with other numbers of heads. */
    public AttentionConfig withHeads(int newQueryHeads, int newKvHeads) {
        return new AttentionConfig(
                newQueryHeads,
                newKvHeads,
                headDim,
                window,
                rope,
                scale,
                softCap,
                headNorm,
                biases,
                outputBias,
                additions);
    }

    @Override
    public long weights(int hidden) {
        var latent = additions.latent();
        if (latent != null) {
            return latent.weights(hidden, queryHeads);
        }
        long keysAndValues = keepsKv() ? 2L * hidden * kvWidth() : 0;
        return 2L * hidden * queryWidth() + keysAndValues + (additions.outputGate ? (long) hidden * queryWidth() : 0);
    }

    /** Whether the layer has keys and values of its own; without, it reads those of an earlier one. */
    public boolean keepsKv() {
        return additions.holder < 0;
    }

    /**
     * The layer in whose cache the keys and values lie.
     *
     * @param layer number of this layer
     */
    public int holder(int layer) {
        return keepsKv() ? layer : additions.holder;
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

    /** Channels of the heads' results, as the output projection reads them. */
    public int resultWidth() {
        var latent = additions.latent();
        return latent == null ? queryWidth() : queryHeads * latent.valueDim();
    }

    /** Channels of the keys of a token, and of the values: kvHeads * headDim. */
    public int kvWidth() {
        return kvHeads * headDim;
    }
}
