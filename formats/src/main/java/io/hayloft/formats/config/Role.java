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
    POST_FEED_FORWARD_NORM(false);

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
