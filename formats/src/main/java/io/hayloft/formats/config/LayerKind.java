package io.hayloft.formats.config;

/**
 * What distinguishes the attention of one layer from its neighbours.
 *
 * @param sliding whether a query sees only the newest {@link DecoderConfig#window()} tokens
 * @param rotary whether queries and keys are rotated by their position
 */
public record LayerKind(boolean sliding, boolean rotary) {}
