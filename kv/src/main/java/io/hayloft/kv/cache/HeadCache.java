package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

import io.hayloft.kernels.VectorWidth;

/**
 * Keys and values of one head in blocks of 32 tokens, as attention reads them.
 *
 * <p>Here tokens go by their number, not by slot: slot s has number {@link #begin()} + s. Blocks begin at multiples of
 * 32 of the number, whatever was dropped at the front.
 */
public final class HeadCache {
    /** Tokens of a block. */
    public static final int BLOCK = TOKENS;

    private final int channels;
    private final TokenStore keys;
    private final TokenStore values;
    private final SlotPositions positions;

    HeadCache(int channels, TokenStore keys, TokenStore values, SlotPositions positions) {
        this.channels = channels;
        this.keys = keys;
        this.values = values;
        this.positions = positions;
    }

    /** Floats of a row of decoded values in {@link #expandValues}. */
    public static int paddedChannels(int channels) {
        return BlockFormat.paddedChannels(channels);
    }

    /** Floats of a query head's row in {@link #addValues}: channels, padding, and sums that wait for {@link #finishValues}. */
    public int valueFloats() {
        return BlockFormat.paddedChannels(channels) + values.sumGroups() * VectorWidth.LANES;
    }

    /** Number of the first token. */
    public int begin() {
        return keys.end() - positions.count();
    }

    /** Number behind the last token. */
    public int end() {
        return keys.end();
    }

    /** Tokens held. */
    public int length() {
        return positions.count();
    }

    /** Position of the token with this number. */
    public int positionOf(int token) {
        return positions.get(token - begin());
    }

    /** A position that no token's is above. */
    public int highestPosition() {
        return positions.highest();
    }

    /** Whether positions rise by one from token to token. */
    public boolean consecutive() {
        return positions.consecutive();
    }

    /**
     * Adds the products of the scratch's queries with the keys of a block: out[head][token of the block].
     *
     * @param out [heads][outStride]; tokens beyond the end get something meaningless
     */
    public void addScores(BlockScratch scratch, int block, float[] out, int outAt, int outStride) {
        keys.addScores(scratch, block, out, outAt, outStride);
    }

    /**
     * Adds the sums of a block's values, weighted with probabilities: out[head][channel].
     *
     * @param p [heads][pStride], 32 tokens of the block; those beyond the end must be 0
     * @param out [heads][outStride], each row {@link #valueFloats} long
     */
    public void addValues(
            BlockScratch scratch,
            int block,
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] out,
            int outAt,
            int outStride) {
        int tokens = Math.min(TOKENS, values.end() - block * TOKENS);
        values.addValues(scratch, block, tokens, p, pAt, pStride, heads, out, outAt, outStride);
    }

    /** Adds to a row's channels what {@link #addValues} has kept behind them. */
    public void finishValues(float[] out, int at) {
        ValueSums.finish(out, at, channels, values.sumGroups(), values.sumGroupChannels());
    }

    /** Decodes a block's keys to dst [channels][stride], 32 tokens side by side. */
    public void expandKeys(int block, float[] dst, int at, int stride) {
        keys.expand(block, dst, at, stride);
    }

    /** Decodes a block's values to dst [32][stride], padded channels side by side. */
    public void expandValues(int block, float[] dst, int at, int stride) {
        values.expand(block, dst, at, stride);
    }

    void append(float[] k, int kAt, float[] v, int vAt, int position) {
        keys.append(k, kAt);
        values.append(v, vAt);
        positions.add(position);
    }

    /** Appends a token of another head, given by its slot. */
    void appendFrom(HeadCache source, int slot) {
        int token = source.begin() + slot;
        keys.appendFrom(source.keys, token);
        values.appendFrom(source.values, token);
        positions.add(source.positions.get(slot));
    }

    void settle() {
        keys.settle();
        values.settle();
    }

    void reserve(int tokens) {
        keys.reserve(tokens);
        values.reserve(tokens);
        positions.reserve(tokens);
    }

    void readKeys(int slot, int count, float[] dst, int at) {
        int first = begin() + slot;
        for (int i = 0; i < count; i++) {
            keys.load(first + i, dst, at + i * channels);
        }
    }

    void readValues(int slot, int count, float[] dst, int at) {
        int first = begin() + slot;
        for (int i = 0; i < count; i++) {
            values.load(first + i, dst, at + i * channels);
        }
    }

    void evict(int slot) {
        int token = begin() + slot;
        keys.moveLastTo(token);
        values.moveLastTo(token);
        positions.moveLastTo(slot);
    }

    /** Drops whole blocks at the front whose tokens all lie at or below a position. */
    void dropThrough(int position) {
        int dead = 0;
        while (dead < positions.count() && positions.get(dead) <= position) {
            dead++;
        }
        int tokens = keys.droppable(values.droppable(dead));
        if (tokens > 0) {
            keys.removeFirst(tokens);
            values.removeFirst(tokens);
            positions.removeFirst(tokens);
        }
    }

    HeadCache copy(BlockMemory memory) {
        return new HeadCache(channels, keys.copy(memory), values.copy(memory), positions.copy());
    }

    /** Keys that are packed in groups. */
    int packedKeys() {
        return keys instanceof GroupedKeys grouped ? grouped.packed() - begin() : 0;
    }

    /** Values that are packed in groups. */
    int packedValues() {
        return values instanceof GroupedValues grouped ? grouped.packed() - begin() : 0;
    }

    /** Bytes of the blocks in use. */
    long bytes() {
        return keys.bytes() + values.bytes();
    }

    /** Heap bytes of the table of positions. */
    long positionBytes() {
        return positions.bytes();
    }
}
