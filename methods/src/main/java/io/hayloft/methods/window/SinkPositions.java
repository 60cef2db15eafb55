package io.hayloft.methods.window;

/** How far away a query finds the attention sinks. */
public enum SinkPositions {
    /** At their true positions. */
    ORIGINAL,
    /** By slots of the cache: as if the dropped tokens between them and the window had never been. */
    SLOT,
    /** As if every query stood in the last slot of a full cache, even while the cache is not full yet. */
    CLAMPED
}
