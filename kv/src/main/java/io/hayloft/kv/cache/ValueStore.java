package io.hayloft.kv.cache;

/** The values of one head, as its codec stores them. */
public interface ValueStore extends TokenStore {
    /**
     * Adds the sums of a block's values, weighted with probabilities: out[head][channel].
     *
     * @param scratch says where the probabilities and the sums are ({@link BlockScratch#setWeights})
     * @param tokens how many tokens of the block count; the probabilities of others are 0
     */
    void addValues(BlockScratch scratch, int block, int tokens);

    /**
     * Brings weighted sums of stored values to the form of the values that were appended, in place, once for all blocks: a
     * codec that stores rotated values undoes the rotation.
     *
     * @param out [rows][channels], from {@code at} on
     */
    default void finishOutputs(float[] out, int at, int rows) {}

    /** Whether {@link #finishOutputs} changes them. */
    default boolean finishesOutputs() {
        return false;
    }

    /** Groups of channels for which {@link #addValues} keeps a vector of sums behind the channels; see {@link ValueSums}. */
    int sumGroups();

    /** Channels of such a group. */
    int sumGroupChannels();

    @Override
    ValueStore fork(BlockMemory memory);

    @Override
    ValueStore copy(BlockMemory memory);
}
