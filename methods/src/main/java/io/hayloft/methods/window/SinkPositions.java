package io.hayloft.methods.window;

/** How far away a query finds the attention sinks. */
public enum SinkPositions {
    /** At their true positions. */
    ORIGINAL,
    /** As if nothing lay between them and the window: by slots of the cache. */
    SLOT,
    /** As by slots when the cache is full, from the first token on. */
    CLAMPED
}
