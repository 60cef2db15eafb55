package io.hayloft.kv.cache;

/**
 * The operations that stores of keys and of values have in common, on the tokens of one head.
 *
 * <p>Tokens have numbers that never change while tokens are only appended: dropping blocks at the front leaves the
 * numbers of the others, so that blocks always begin at multiples of 32.
 */
interface TokenStore {
    /** Number behind the last token. */
    int end();

    /** Number behind the last token that is packed in a group with others; 0 if tokens are stored one by one. */
    int packed();

    /** Number behind the last token that stays as it is stored now while others are appended. */
    int fixedEnd();

    /** Appends a token's channels. */
    void append(float[] src, int at);

    /** Appends a token of another store of the same channels. */
    void appendFrom(TokenStore source, int token);

    /**
     * Appends 32 tokens of another store of the same channels, from this number on, that form a block in both.
     *
     * @param first a multiple of 32, as {@link #end} is
     */
    default void appendBlockFrom(TokenStore source, int first) {
        for (int token = first; token < first + BlockFormat.TOKENS; token++) {
            appendFrom(source, token);
        }
    }

    /** Packs what is due, once the tokens appended last have been used: after each chunk of a prompt and each decode step. */
    void flush();

    /** Owns memory for tokens up to this number. */
    void reserve(int end);

    /** Bytes of the blocks that appending this many tokens takes, beyond those owned; 0 where that is not known. */
    long growth(int tokens);

    /** Bytes of the blocks that {@link #reserve} takes for this many tokens. */
    long bytesOf(int tokens);

    /** Decodes a token, as it was appended but for rounding. */
    void load(int token, float[] dst, int at);

    /** Decodes the 32 tokens of a block in the form in which they are stored: keys [channels][stride], values [32][stride]. */
    void expand(int block, float[] dst, int at, int stride);

    /**
     * Puts the last token in the place of this one and drops the last.
     *
     * @throws UnsupportedOperationException if tokens are packed in groups
     */
    void moveLastTo(int token);

    /** How many of this many tokens at the front can be dropped: those of whole blocks. */
    int droppable(int tokens);

    /** Drops tokens at the front: a number that {@link #droppable} returns as it is. */
    void removeFirst(int tokens);

    /** Drops the tokens from this number on, none of which is packed in a group. */
    void truncate(int end);

    /** A store of the same tokens that shares all blocks, until one of the two changes them. */
    TokenStore fork(BlockMemory memory);

    /** A copy in other memory, without room for more. */
    TokenStore copy(BlockMemory memory);

    /** Bytes of the blocks in use. */
    long bytes();

    /** Bytes of the tables of blocks on the Java heap. */
    long tableBytes();
}
