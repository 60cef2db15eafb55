package io.hayloft.kv.cache;

/** The keys of one head, as its codec stores them. */
public interface KeyStore extends TokenStore {
    /**
     * Brings queries to the form in which their products with stored keys are the scores, in place, once for all blocks: a
     * codec that stores rotated keys rotates the queries.
     *
     * @param q [rows][channels], from {@code at} on
     */
    default void prepareQueries(float[] q, int at, int rows) {}

    /** Whether {@link #prepareQueries} changes them. */
    default boolean preparesQueries() {
        return false;
    }

    /**
     * Adds the products of the scratch's queries with the keys of a block: out[head][token of the block].
     *
     * @param out [heads][outStride]; tokens behind the last one get something meaningless
     */
    void addScores(BlockScratch scratch, int block, float[] out, int outAt, int outStride);

    @Override
    KeyStore fork(BlockMemory memory);

    @Override
    KeyStore copy(BlockMemory memory);
}
