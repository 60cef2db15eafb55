package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

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
    private final KeyStore keys;
    private final ValueStore values;
    private final SlotPositions positions;

    HeadCache(int channels, KvCodec codec, BlockMemory memory) {
        this(channels, codec.keyStore(channels, memory), codec.valueStore(channels, memory), new SlotPositions());
    }

    /** A head whose values are its keys. */
    static HeadCache keyed(int channels, KvCodec codec, BlockMemory memory) {
        var keys = codec.keyStore(channels, memory);
        return new HeadCache(channels, keys, new KeyedValues(keys, channels), new SlotPositions());
    }

    private HeadCache(int channels, KeyStore keys, ValueStore values, SlotPositions positions) {
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
        return BlockFormat.paddedChannels(channels) + values.sumGroups() * ValueSums.SUM_LANES;
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

    /** An upper bound of the tokens' positions. */
    public int highestPosition() {
        return positions.highest();
    }

    /** Whether positions rise by one from token to token. */
    public boolean consecutive() {
        return positions.consecutive();
    }

    /**
     * Sets the queries of the scratch for the blocks of this head, once for all of them.
     *
     * @param q the query heads of this KV head [rows][channels], beginning at {@code at}
     * @param scale factor of all scores
     */
    public void setQueries(BlockScratch scratch, float[] q, int at, int rows, float scale) {
        scratch.setQueries(q, at, rows, channels, scale, keys);
    }

    /** Whether {@link #prepareQueries} or {@link #finishOutputs} changes anything. */
    public boolean rotates() {
        return keys.preparesQueries() || values.finishesOutputs();
    }

    /** Brings queries [rows][channels] to the form of the keys that {@link #expandKeys} returns, in place. */
    public void prepareQueries(float[] q, int at, int rows) {
        keys.prepareQueries(q, at, rows);
    }

    /** Brings sums of values that {@link #expandValues} returned to the form in which they were appended, in place. */
    public void finishOutputs(float[] out, int at, int rows) {
        values.finishOutputs(out, at, rows);
    }

    /**
     * Adds the products of the scratch's queries with the keys of a block: out[head][token of the block].
     *
     * @param out [heads][outStride]; tokens behind the last one get something meaningless
     */
    public void addScores(BlockScratch scratch, int block, float[] out, int outAt, int outStride) {
        keys.addScores(scratch, block, out, outAt, outStride);
    }

    /**
     * Adds the sums of a block's values, weighted with probabilities: out[head][channel].
     *
     * @param p [heads][pStride], 32 tokens of the block; those behind the last one must be 0
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
        scratch.setWeights(p, pAt, pStride, heads, out, outAt, outStride);
        values.addValues(scratch, block, tokens);
    }

    /** Finishes a row of {@link #addValues}: adds what is kept behind the channels, and undoes the codec's rotation. */
    public void finishValues(float[] out, int at) {
        ValueSums.finish(out, at, channels, values.sumGroups(), values.sumGroupChannels());
        values.finishOutputs(out, at, 1);
    }

    /**
     * Decodes a block's keys to dst [channels][stride], 32 tokens side by side, in the form for queries of
     * {@link #prepareQueries}.
     */
    public void expandKeys(int block, float[] dst, int at, int stride) {
        keys.expand(block, dst, at, stride);
    }

    /**
     * Decodes a block's values to dst [32][stride], padded channels side by side; sums of them go through
     * {@link #finishOutputs}.
     */
    public void expandValues(int block, float[] dst, int at, int stride) {
        values.expand(block, dst, at, stride);
    }

    void append(float[] k, int kAt, float[] v, int vAt, int position) {
        keys.append(k, kAt);
        values.append(v, vAt);
        positions.add(position);
    }

    private void appendFrom(HeadCache source, int slot) {
        int token = source.begin() + slot;
        keys.appendFrom(source.keys, token);
        values.appendFrom(source.values, token);
        positions.add(source.positions.get(slot));
    }

    private void appendBlockFrom(HeadCache source, int slot) {
        int token = source.begin() + slot;
        keys.appendBlockFrom(source.keys, token);
        values.appendBlockFrom(source.values, token);
        for (int i = 0; i < BLOCK; i++) {
            positions.add(source.positions.get(slot + i));
        }
    }

    /** Appends tokens of another head, given by their slots, ascending: block by block where they lie alike in both. */
    void fill(HeadCache source, int[] slots) {
        int i = 0;
        while (i < slots.length) {
            int last = i + BLOCK - 1;
            boolean block = last < slots.length && slots[last] == slots[i] + BLOCK - 1;
            if (block && (source.begin() + slots[i]) % BLOCK == 0 && end() % BLOCK == 0) {
                appendBlockFrom(source, slots[i]);
                i += BLOCK;
            } else {
                appendFrom(source, slots[i++]);
            }
        }
    }

    void flush() {
        keys.flush();
        values.flush();
    }

    /** Bytes of the blocks that appending tokens takes, as far as that is known. */
    long growth(int tokens) {
        return keys.growth(tokens) + values.growth(tokens);
    }

    /** Bytes of the blocks of this many tokens. */
    long bytesOf(int tokens) {
        return keys.bytesOf(tokens) + values.bytesOf(tokens);
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

    /** Number behind the last token whose key and value stay as they are stored now while others are appended. */
    public int fixedEnd() {
        return Math.min(keys.fixedEnd(), values.fixedEnd());
    }

    /**
     * Drops whole blocks at the front whose tokens all lie at or below a position; returns the highest position dropped, -1
     * for none.
     */
    int dropThrough(int position) {
        int dead = 0;
        int highest = -1;
        while (dead < positions.count() && positions.get(dead) <= position) {
            dead++;
        }
        int tokens = keys.droppable(values.droppable(dead));
        for (int slot = 0; slot < tokens; slot++) {
            highest = Math.max(highest, positions.get(slot));
        }
        if (tokens > 0) {
            keys.removeFirst(tokens);
            values.removeFirst(tokens);
            positions.removeFirst(tokens);
        }
        return highest;
    }

    /**
     * Slots that stay when tokens from this position on are dropped from the end.
     *
     * @throws UnsupportedOperationException if one of the dropped tokens is packed in a group with others
     */
    int slotsBefore(int position) {
        int slots = positions.count();
        while (slots > 0 && positions.get(slots - 1) >= position) {
            slots--;
        }
        int packed = Math.max(keys.packed(), values.packed());
        if (slots < positions.count() && begin() + slots < packed) {
            throw new UnsupportedOperationException("cannot go back to token " + position + ": tokens up to "
                    + positionOf(packed - 1) + " are packed in groups and cannot be taken apart");
        }
        return slots;
    }

    /** Drops all tokens from this position on; {@link #slotsBefore} has said that it can be done. */
    void truncate(int position) {
        int slots = slotsBefore(position);
        int end = begin() + slots;
        if (slots < positions.count()) {
            keys.truncate(end);
            values.truncate(end);
            positions.truncate(slots);
        }
        for (int slot = slots - 1; slot >= 0 && !consecutive(); slot--) {
            if (positions.get(slot) >= position) {
                evict(slot); // an eviction has moved it here
            }
        }
        positions.truncate(positions.count());
    }

    HeadCache fork(BlockMemory memory) {
        var ownKeys = keys.fork(memory);
        var ownValues = values instanceof KeyedValues keyed ? keyed.of(ownKeys) : values.fork(memory);
        return new HeadCache(channels, ownKeys, ownValues, positions.copy());
    }

    HeadCache copy(BlockMemory memory) {
        var ownKeys = keys.copy(memory);
        var ownValues = values instanceof KeyedValues keyed ? keyed.of(ownKeys) : values.copy(memory);
        return new HeadCache(channels, ownKeys, ownValues, positions.copy());
    }

    /** Keys that are packed in groups. */
    int packedKeys() {
        return Math.max(0, keys.packed() - begin());
    }

    /** Values that are packed in groups. */
    int packedValues() {
        return Math.max(0, values.packed() - begin());
    }

    /** Bytes of the blocks in use. */
    long bytes() {
        return keys.bytes() + values.bytes();
    }

    /** Heap bytes of the tables of blocks and of positions. */
    long tableBytes() {
        return keys.tableBytes() + values.tableBytes() + positions.bytes();
    }
}
