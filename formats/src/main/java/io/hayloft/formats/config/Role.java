package io.hayloft.formats.config;

import java.util.Locale;

/** The place of a weight in a decoder. Shapes are {@code [rows][columns]}; vectors are {@code [1][n]}. */
public enum Role {
    /** {@code [vocabulary][hidden]}, once a model. */
    EMBEDDING(true),
    /** {@code [vocabulary][hidden]}, once a model; the embedding where both are tied. */
    OUTPUT(true),
    /** {@code [positions][hidden]}, once a model: added to the embeddings of tokens. */
    POSITION_EMBEDDING(true),
    /** {@code [1][vocabulary]}, once a model. */
    OUTPUT_BIAS(true),
    /** {@code [1][hidden]}, once a model. */
    FINAL_NORM(true),
    /** {@code [1][hidden]}, once a model. */
    FINAL_NORM_BIAS(true),
    /** {@code [1][hidden]}: before attention. */
    ATTENTION_NORM(false),
    /** {@code [1][hidden]}. */
    ATTENTION_NORM_BIAS(false),
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
    /** {@code [1][hidden]}. */
    ATTENTION_OUTPUT_BIAS(false),
    /** {@code [1][headDim]}, or {@code [1][queryHeads * headDim]}: on query heads, before the rotation. */
    QUERY_NORM(false),
    /** {@code [1][headDim]}, or {@code [1][kvHeads * headDim]}: on key heads, before the rotation. */
    KEY_NORM(false),
    /** {@code [1][hidden]}: on the result of attention, before it is added. */
    POST_ATTENTION_NORM(false),
    /** {@code [1][hidden]}: before the feed-forward layer. */
    FEED_FORWARD_NORM(false),
    /** {@code [1][hidden]}. */
    FEED_FORWARD_NORM_BIAS(false),
    /** {@code [feedForward][hidden]}: goes through the activation. */
    GATE(false),
    /** {@code [feedForward][hidden]}: multiplied with the gate. */
    UP(false),
    /** {@code [hidden][feedForward]}. */
    DOWN(false),
    /** {@code [1][feedForward]}. */
    GATE_BIAS(false),
    /** {@code [1][feedForward]}. */
    UP_BIAS(false),
    /** {@code [1][hidden]}. */
    DOWN_BIAS(false),
    /** {@code [1][hidden]}: on the result of the feed-forward layer, before it is added. */
    POST_FEED_FORWARD_NORM(false);

    private static final String BIAS = "_BIAS";

    private final boolean global;

    Role(boolean global) {
        this.global = global;
    }

    /** Whether the weight exists once a model (layer -1) and not once a layer. */
    public boolean global() {
        return global;
    }

    /** Whether it is a bias, which is added to what its weight makes. */
    public boolean bias() {
        return name().endsWith(BIAS);
    }

    /**
     * The weight to whose products a bias is added.
     *
     * @throws IllegalStateException if it is no bias
     */
    public Role weight() {
        if (!bias()) {
            throw new IllegalStateException(this + " is no bias");
        }
        return valueOf(name().substring(0, name().length() - BIAS.length()));
    }

    /** The name in messages, such as {@code attention norm}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
