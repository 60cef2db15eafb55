package io.hayloft.formats.config;

import java.util.Locale;

/** The place of a weight in a decoder. Shapes are {@code [rows][columns]}; vectors are {@code [1][n]}. */
public enum Role {
    /** {@code [vocabulary][hidden]}, once a model. */
    EMBEDDING(true),
    /** {@code [vocabulary][hidden]}, once a model; the embedding where both are tied. */
    OUTPUT(true),
    /** {@code [1][hidden]}, once a model. */
    FINAL_NORM(true),
    /** {@code [1][hidden]}: before attention. */
    ATTENTION_NORM(false),
    /** {@code [queryHeads * headDim][hidden]}. */
    QUERY(false),
    /** {@code [kvHeads * headDim][hidden]}. */
    KEY(false),
    /** {@code [kvHeads * headDim][hidden]}. */
    VALUE(false),
    /** {@code [hidden][queryHeads * headDim]}. */
    ATTENTION_OUTPUT(false),
    /** {@code [1][queryHeads * headDim]}. */
    QUERY_BIAS(false),
    /** {@code [1][kvHeads * headDim]}. */
    KEY_BIAS(false),
    /** {@code [1][kvHeads * headDim]}. */
    VALUE_BIAS(false),
    /** {@code [1][headDim]}: on each query head, before the rotation. */
    QUERY_NORM(false),
    /** {@code [1][headDim]}: on each key head, before the rotation. */
    KEY_NORM(false),
    /** {@code [1][hidden]}: on the result of attention, before it is added. */
    POST_ATTENTION_NORM(false),
    /** {@code [1][hidden]}: before the feed-forward layer. */
    FEED_FORWARD_NORM(false),
    /** {@code [feedForward][hidden]}: goes through the activation. */
    GATE(false),
    /** {@code [feedForward][hidden]}: multiplied with the gate. */
    UP(false),
    /** {@code [hidden][feedForward]}. */
    DOWN(false),
    /** {@code [1][hidden]}: on the result of the feed-forward layer, before it is added. */
    POST_FEED_FORWARD_NORM(false),

    // Mamba-1 and Mamba-2. Sizes are those of MambaConfig and Mamba2Config.
    /** Mamba-1 {@code [2 * channels][hidden]}: inputs, gate. Mamba-2 {@code [projectionWidth][hidden]}. */
    SSM_IN(false),
    /** {@code [convolutionChannels][convolution]}, the newest token last. */
    SSM_CONVOLUTION(false),
    /** {@code [1][convolutionChannels]}. */
    SSM_CONVOLUTION_BIAS(false),
    /** {@code [stepRank + 2 * stateSize][channels]}: step size, B, C. Mamba-1 only. */
    SSM_PARAMETERS(false),
    /** {@code [channels][stepRank]}. Mamba-1 only. */
    SSM_STEP(false),
    /** Mamba-1 {@code [1][channels]}, Mamba-2 {@code [1][heads]}. */
    SSM_STEP_BIAS(false),
    /** The negative decay {@code A}. Mamba-1 {@code [channels][stateSize]}, Mamba-2 {@code [1][heads]}. */
    SSM_A(false),
    /** What goes past the state. Mamba-1 {@code [1][channels]}, Mamba-2 {@code [1][heads]}. */
    SSM_D(false),
    /** {@code [1][stepRank]}: on the low-rank step size (Jamba). */
    SSM_STEP_NORM(false),
    /** {@code [1][stateSize]}: on B (Jamba). */
    SSM_B_NORM(false),
    /** {@code [1][stateSize]}: on C (Jamba). */
    SSM_C_NORM(false),
    /** {@code [1][channels]}: on the gated result (Mamba-2). */
    SSM_NORM(false),
    /** {@code [hidden][channels]}. */
    SSM_OUT(false),

    // Mixtures of experts.
    /** {@code [experts][hidden]}. */
    ROUTER(false),
    /** {@code [feedForward][hidden]} of one expert. */
    EXPERT_GATE(false),
    /** {@code [feedForward][hidden]} of one expert. */
    EXPERT_UP(false),
    /** {@code [hidden][feedForward]} of one expert. */
    EXPERT_DOWN(false);

    private final boolean global;

    Role(boolean global) {
        this.global = global;
    }

    /** Whether the weight exists once a model (layer -1) and not once a layer. */
    public boolean global() {
        return global;
    }

    /** The name in messages, such as {@code attention norm}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
