package io.hayloft.kv.cache;

/**
 * The keys, or the values, of one head.
 *
 * <p>Tokens have numbers that never change while tokens are only appended: dropping blocks at the front leaves the
 * numbers of the others, so that blocks always begin at multiples of 32.
 */
abstract sealed class TokenStore permits PlainTokens, GroupedKeys, GroupedValues {
    /** Number behind the last token. */
    abstract int end();

    /** Appends a token's channels. */
    abstract void append(float[] src, int at);

    /** Appends a token of another store of the same channels. */
    abstract void appendFrom(TokenStore source, int token);

    /** Packs what is due, after the last token of a prompt. */
    abstract void settle();

    /** Owns memory for tokens up to this number. */
    abstract void reserve(int end);

    /** Decodes a token. */
    abstract void load(int token, float[] dst, int at);

    /** Decodes the 32 tokens of a block: keys [channels][stride], values [32][stride]. */
    abstract void expand(int block, float[] dst, int at, int stride);

    /** Adds the scores of a block of keys as {@link BlockFormat#addScores} describes. */
    abstract void addScores(BlockScratch scratch, int block, float[] out, int outAt, int outStride);

    /** Adds the weighted values of a block as {@link BlockFormat#addValues} describes. */
    abstract void addValues(
            BlockScratch scratch,
            int block,
            int tokens,
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] out,
            int outAt,
            int outStride);

    /** Groups of channels for which {@link #addValues} keeps a vector of sums behind the channels; see {@link ValueSums}. */
    abstract int sumGroups();

    /** Channels of such a group. */
    abstract int sumGroupChannels();

    /** Puts the last token in the place of this one and drops the last. */
    abstract void moveLastTo(int token);

    /** How many of this many tokens at the front can be dropped: whole blocks. */
    abstract int droppable(int tokens);

    /** Drops tokens at the front: a number that {@link #droppable} returns as it is. */
    abstract void removeFirst(int tokens);

    /** A copy in other memory, without reserve. */
    abstract TokenStore copy(BlockMemory memory);

    /** Bytes of the blocks in use. */
    abstract long bytes();
}
