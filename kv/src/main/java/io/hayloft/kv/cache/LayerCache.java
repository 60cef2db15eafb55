package io.hayloft.kv.cache;

import io.hayloft.kv.cache.LayerShape.KvShape;
import java.util.Arrays;
import java.util.Set;

/**
 * Keys and values of one layer of one sequence. Tokens of a head lie in slots from 0; heads may hold different ones.
 *
 * <p>A fork shares the blocks of its source; whichever of the two writes to one first takes a copy of it. Each cache is
 * for one thread at a time, also while it is forked; forks may be used at the same time.
 *
 * <p>When memory runs out an {@link io.hayloft.base.UserError} is thrown. If that was while memory was given back, the cache
 * is as it should be and keeps the memory; after any other failure it can only be closed.
 */
public final class LayerCache implements LayerState {
    private final int headDim;
    private final int window;
    private final boolean keyed;
    private final KvCodec codec;
    private final boolean keepAll;
    private int reserveTokens;
    private int rows; // appended since the last advance
    private int droppedThrough = -1; // highest position that left the sliding window
    private BlockMemory memory;
    private HeadCache[] heads;

    LayerCache(int kvHeads, int headDim, int window, KvCodec codec, int reserveTokens, boolean keepAll) {
        this(new KvShape(kvHeads, headDim, window), codec, reserveTokens, keepAll);
    }

    LayerCache(KvShape shape, KvCodec codec, int reserveTokens, boolean keepAll) {
        int kvHeads = shape.kvHeads();
        this.headDim = shape.headDim();
        this.window = shape.window();
        this.keyed = shape.keyed();
        this.codec = codec;
        this.keepAll = keepAll;
        this.reserveTokens = window == 0 || keepAll ? reserveTokens : 0;
        this.memory = new BlockMemory(kvHeads);
        this.heads = new HeadCache[kvHeads];
        for (int head = 0; head < kvHeads; head++) {
            heads[head] = keyed ? HeadCache.keyed(headDim, codec, memory) : new HeadCache(headDim, codec, memory);
        }
    }

    private LayerCache(LayerCache source) {
        this.keyed = source.keyed;
        this.headDim = source.headDim;
        this.window = source.window;
        this.codec = source.codec;
        this.keepAll = source.keepAll;
        this.droppedThrough = source.droppedThrough;
        this.memory = new BlockMemory(source.heads.length);
        this.heads = new HeadCache[source.heads.length];
        try {
            for (int head = 0; head < heads.length; head++) {
                heads[head] = source.heads[head].fork(memory);
            }
        } catch (Throwable e) {
            memory.close(); // else the shared memory would never be freed
            throw e;
        }
        memory.adoptedAll();
    }

    /** Number of KV heads. */
    public int kvHeads() {
        return heads.length;
    }

    /** Channels of a head. */
    public int headDim() {
        return headDim;
    }

    /** Tokens that a query sees, itself included; 0 for all. */
    public int window() {
        return window;
    }

    /** Whether the values are the keys, which are kept once for both. */
    public boolean keyed() {
        return keyed;
    }

    /** The sizes. */
    KvShape shape() {
        return new KvShape(heads.length, headDim, window, keyed);
    }

    /** How tokens are stored. */
    public KvCodec codec() {
        return codec;
    }

    /** Tokens that a head holds. */
    public int length(int head) {
        return heads[head].length();
    }

    /** Position in the sequence of the token in a slot. */
    public int position(int head, int slot) {
        return heads[head].positionOf(heads[head].begin() + slot);
    }

    /** The blocks of a head, for attention. Valid until the cache changes. */
    public HeadCache head(int head) {
        return heads[head];
    }

    /**
     * Appends tokens to all heads, stored as the codec stores new tokens; codecs that pack groups do so in {@link #advance}.
     *
     * @param k keys: row r of head h begins at {@code kAt + r * rowStride + h * headDim}
     * @param v values, likewise
     * @param rows number of tokens
     * @param firstPosition position of the first one
     */
    public void append(float[] k, int kAt, float[] v, int vAt, int rows, int rowStride, int firstPosition) {
        this.rows += rows;
        makeRoom(rows);
        for (int head = 0; head < heads.length; head++) {
            for (int row = 0; row < rows; row++) {
                int at = row * rowStride + head * headDim;
                heads[head].append(k, kAt + at, v, vAt + at, firstPosition + row);
            }
        }
    }

    /** Reserves memory at the first append, and in one piece for many rows. */
    private void makeRoom(int rows) {
        if (reserveTokens > 0) {
            var tokens = new int[heads.length];
            Arrays.fill(tokens, reserveTokens);
            reserve(tokens);
            reserveTokens = 0;
        }
        if (rows > 1) {
            long bytes = 0;
            for (var head : heads) {
                bytes += head.growth(rows);
            }
            memory.expect(bytes);
        }
        if (memory.scattered()) {
            repack();
        }
    }

    /** Takes memory for the tokens that each head will get in one piece, before the first append. */
    void reserve(int[] tokensOfHead) {
        long bytes = 0;
        for (int head = 0; head < heads.length; head++) {
            bytes += heads[head].bytesOf(tokensOfHead[head]);
        }
        memory.reserve(bytes);
        for (int head = 0; head < heads.length; head++) {
            heads[head].reserve(tokensOfHead[head]);
        }
    }

    /** Packs what is due when the tokens appended last have been used. */
    void flush() {
        for (var head : heads) {
            head.flush();
        }
    }

    /**
     * Fills this cache, which is empty, with tokens of another one, in memory of just their size.
     *
     * @param slots of the source's heads, ascending [head][]
     */
    void fill(LayerCache source, int[][] slots) {
        droppedThrough = source.droppedThrough;
        var lengths = new int[heads.length];
        for (int head = 0; head < heads.length; head++) {
            lengths[head] = checked(slots[head], source.length(head)).length;
        }
        reserve(lengths);
        for (int head = 0; head < heads.length; head++) {
            heads[head].fill(source.heads[head], slots[head]);
        }
        flush();
        if (memory.spareBytes() > 0) {
            repack(); // blocks of tokens that were packed meanwhile
        }
    }

    private static int[] checked(int[] slots, int length) {
        int previous = -1;
        for (int slot : slots) {
            if (slot <= previous || slot >= length) {
                throw new IllegalArgumentException("slot " + slot + " after " + previous + " of " + length);
            }
            previous = slot;
        }
        return slots;
    }

    /** Reads keys of slots from, from + 1, ... as floats into dst [count][headDim]. */
    public void readKeys(int head, int from, int count, float[] dst, int at) {
        heads[head].readKeys(from, count, dst, at);
    }

    /** Reads values of slots from, from + 1, ... as floats into dst [count][headDim]. */
    public void readValues(int head, int from, int count, float[] dst, int at) {
        heads[head].readValues(from, count, dst, at);
    }

    /**
     * Drops a token. The token in the last slot takes its place, so that slot order is not position order afterwards.
     *
     * <p>Memory of empty blocks is given back when it is more than an eighth of the layer's, and two blocks a head.
     *
     * @throws UnsupportedOperationException if the codec groups tokens
     */
    public void evict(int head, int slot) {
        if (slot < 0 || slot >= heads[head].length()) {
            throw new IndexOutOfBoundsException("slot " + slot + " of " + heads[head].length());
        }
        heads[head].evict(slot);
        giveBack();
    }

    /**
     * Drops several tokens of a head, as {@link #evict(int, int)} does from the last one to the first, and gives back memory
     * once, at the end.
     *
     * @param slots ascending
     * @throws IllegalArgumentException if slots are not ascending or out of range; nothing has changed then
     * @throws UnsupportedOperationException if the codec groups tokens
     */
    public void evict(int head, int[] slots) {
        checked(slots, heads[head].length());
        for (int i = slots.length - 1; i >= 0; i--) {
            heads[head].evict(slots[i]);
        }
        giveBack();
    }

    /** Gives back memory of dropped tokens if it is much. */
    void giveBack() {
        if (memory.spareBytes() > Math.max(2 * blockBytes(BlockFormat.TOKENS), memory.bytes() / 8)) {
            repack();
        }
    }

    /** Bytes of the blocks that hold this many tokens of all heads. */
    private long blockBytes(int tokens) {
        return heads.length * heads[0].bytesOf(tokens);
    }

    /**
     * Goes back to the tokens at positions below this one: drops all others.
     *
     * <p>Keys and values that a codec has packed in groups stay packed.
     *
     * @param tokens position of the next token that may be appended
     * @throws UnsupportedOperationException if a token to be dropped is packed in a group with others, or if tokens that a
     *     query at this position sees have left the sliding window; the cache is unchanged then
     */
    public void truncate(int tokens) {
        if (checkTruncate(tokens)) {
            drop(tokens);
            giveBack();
        }
    }

    /** Drops all tokens from this position on, and keeps their memory; {@link #checkTruncate} has said that it can be done. */
    void drop(int tokens) {
        for (var head : heads) {
            head.truncate(tokens);
        }
        if (tokens == 0) {
            droppedThrough = -1;
        }
    }

    /** Checks that {@link #truncate} can be done, and returns whether it drops anything. */
    boolean checkTruncate(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("truncate to " + tokens + " tokens");
        }
        boolean drops = false;
        for (var head : heads) {
            drops |= head.slotsBefore(tokens) < head.length() || head.highestPosition() >= tokens;
        }
        if (drops && window > 0 && tokens > 0 && droppedThrough > tokens - window) {
            throw new UnsupportedOperationException("cannot go back to token " + tokens + ": positions up to "
                    + droppedThrough + " have left the sliding window of " + window + " tokens");
        }
        return drops;
    }

    /** Packs what is due, and drops blocks that no query from this position on sees, in a layer with a window. */
    @Override
    public void advance(int nextPosition) {
        flush();
        // A prefill chunk leaves as many blocks as the next one takes; they are given back when single tokens come.
        int expected = Math.max(BlockFormat.TOKENS, rows);
        rows = 0;
        if (memory.wasteful() && memory.usedBytes() == blockBytes()) {
            unshare();
        }
        if (window == 0 || keepAll) {
            return;
        }
        for (var head : heads) {
            droppedThrough = Math.max(droppedThrough, head.dropThrough(nextPosition - window));
        }
        if (memory.spareBytes() > blockBytes(expected)) {
            repack();
        }
    }

    /** Moves all blocks to memory of just their size and gives up the old one; if that fails nothing has changed. */
    private void repack() {
        var packed = new BlockMemory(heads.length);
        var copies = new HeadCache[heads.length];
        try {
            packed.reserve(blockBytes());
            for (int head = 0; head < heads.length; head++) {
                copies[head] = heads[head].copy(packed);
            }
        } catch (Throwable e) {
            packed.close();
            throw e;
        }
        memory.close();
        memory = packed;
        heads = copies;
    }

    /** Moves all blocks out of shared memory of which much is useless by now; {@link #bytes} stays the same. */
    private void unshare() {
        var shared = memory;
        repack();
        memory.countAs(shared);
    }

    private long blockBytes() {
        long bytes = 0;
        for (var head : heads) {
            bytes += head.bytes();
        }
        return bytes;
    }

    /** Returns a cache of the same tokens that shares all blocks; it reserves no memory until one of the two changes. */
    @Override
    public LayerCache fork() {
        return new LayerCache(this);
    }

    /**
     * Bytes of this layer's keys, values, scales and zero points, of unused parts of blocks, of blocks that are reserved or
     * spare, and of the tables of blocks and positions on the Java heap.
     *
     * <p>Each fork counts all its blocks, shared ones too, so that the number does not depend on which other sequences
     * live; {@link ReservedMemory} says what several take together.
     */
    @Override
    public long bytes() {
        return memory.bytes() + tableBytes();
    }

    /**
     * The part of {@link #bytes} on the Java heap: 12 bytes for each block, and 4 for each slot of a head whose tokens are
     * not consecutive.
     */
    public long tableBytes() {
        long bytes = 0;
        for (var head : heads) {
            bytes += head.tableBytes();
        }
        return bytes;
    }

    /** Adds the slabs of memory that are not yet in the set; returns the bytes reserved for these, and of the tables. */
    long addReserved(Set<Object> seen) {
        return memory.addReserved(seen) + tableBytes();
    }

    /** Gives up the memory; what forks share stays theirs. */
    @Override
    public void close() {
        memory.close();
    }
}
