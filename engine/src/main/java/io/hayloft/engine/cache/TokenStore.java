package io.hayloft.engine.cache;

/**
 * The keys, or the values, of one head.
 *
 * <p>Tokens have numbers that never change while tokens are only appended: dropping blocks at the front leaves the
 * numbers of the others, so that blocks always begin at multiples of 32.
 */
abstract sealed class TokenStore permits PlainTokens {
    /** Number behind the last token. */
    abstract int end();

    /** Appends a token's channels. */
    abstract void append(float[] src, int at);

    /** Packs what is due, after the last token of a prompt. */
    void settle() {}

    /** Owns memory for tokens up to this number. */
    abstract void reserve(int end);

    /** Decodes a token. */
    abstract void load(int token, float[] dst, int at);

    /** Decodes the 32 tokens of a block: keys [channels][stride], values [32][stride]. */
    abstract void expand(int block, float[] dst, int at, int stride);

    /** Multiplies and adds a block as {@link BlockFormat#multiply} describes. */
    abstract void multiply(
            BlockScratch scratch,
            int block,
            int tokens,
            float[] x,
            int xAt,
            int xStride,
            int heads,
            float[] out,
            int outAt,
            int outStride);

    /** Puts the last token in the place of this one and drops the last. */
    abstract void moveLastTo(int token);

    /** Tokens that can be dropped at the front: a multiple of 32. */
    abstract int droppable(int tokens);

    /** Drops tokens at the front: a number that {@link #droppable} returned. */
    abstract void removeFirst(int tokens);

    /** A copy in other memory, without reserve. */
    abstract TokenStore copy(BlockMemory memory);

    /** Bytes of the blocks in use. */
    abstract long bytes();
}
