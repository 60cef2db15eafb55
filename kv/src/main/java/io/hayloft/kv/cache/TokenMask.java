package io.hayloft.kv.cache;

/** Which tokens of its KV head a query head may use at a step, beyond what their positions say. */
public interface TokenMask {
    /**
     * Sets the scores of hidden tokens to negative infinity.
     *
     * @param queryHead the query head that has these scores
     * @param slot slot of the first token
     * @param count tokens, in consecutive slots
     * @param scores scores of those tokens from {@code at} on
     */
    void hide(int queryHead, int slot, int count, float[] scores, int at);

    /** Whether no query head sees any of these slots, so that their scores need not be computed. */
    default boolean hidesAll(int slot, int count) {
        return false;
    }
}
