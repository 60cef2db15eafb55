package io.hayloft.kv.cache;

/**
 * Keys and values of one layer of one sequence. Tokens of a head lie in slots from 0; heads may hold different ones.
 * Changing it is for one thread at a time.
 */
public final class LayerCache {
    private final int headDim;
    private final int window;
    private final KvCodec codec;
    private final boolean keepAll;
    private int reserveTokens;
    private BlockMemory memory = new BlockMemory();
    private HeadCache[] heads;

    LayerCache(int kvHeads, int headDim, int window, KvCodec codec, int reserveTokens, boolean keepAll) {
        this.headDim = headDim;
        this.window = window;
        this.codec = codec;
        this.keepAll = keepAll;
        this.reserveTokens = window == 0 || keepAll ? reserveTokens : 0;
        this.heads = new HeadCache[kvHeads];
        for (int head = 0; head < kvHeads; head++) {
            heads[head] = Stores.head(codec, headDim, memory);
        }
    }

    private LayerCache(LayerCache source) {
        this.headDim = source.headDim;
        this.window = source.window;
        this.codec = source.codec;
        this.keepAll = source.keepAll;
        this.heads = copies(source.heads, memory);
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
     * Appends tokens to all heads; values are rounded to the codec here.
     *
     * @param k keys: row r of head h begins at {@code kAt + r * rowStride + h * headDim}
     * @param v values, likewise
     * @param rows number of tokens
     * @param firstPosition position of the first one
     */
    public void append(float[] k, int kAt, float[] v, int vAt, int rows, int rowStride, int firstPosition) {
        if (reserveTokens > 0) {
            reserve(reserveTokens);
            reserveTokens = 0;
        }
        for (int head = 0; head < heads.length; head++) {
            for (int row = 0; row < rows; row++) {
                int at = row * rowStride + head * headDim;
                heads[head].append(k, kAt + at, v, vAt + at, firstPosition + row);
            }
        }
    }

    /** Takes memory for this many tokens of each head in one piece. */
    private void reserve(int tokens) {
        memory.reserve(heads.length * Stores.bytes(codec, headDim, tokens));
        for (var head : heads) {
            head.reserve(tokens);
        }
    }

    /** Takes memory for the tokens that each head will get in one piece, before the first append. */
    void reserve(int[] tokensOfHead) {
        long bytes = 0;
        for (int tokens : tokensOfHead) {
            bytes += Stores.bytes(codec, headDim, tokens);
        }
        memory.reserve(bytes);
        for (int head = 0; head < heads.length; head++) {
            heads[head].reserve(tokensOfHead[head]);
        }
    }

    /** Packs what is due when the tokens appended last have been used. */
    void settle() {
        for (var head : heads) {
            head.settle();
        }
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
        long slack = 2L * heads.length * Stores.bytes(codec, headDim, BlockFormat.TOKENS);
        if (memory.spareBytes() > Math.max(slack, memory.bytes() / 8)) {
            repack();
        }
    }

    /** Packs what is due, and drops blocks that no query from this position on sees, in a layer with a window. */
    void advance(int nextPosition) {
        settle();
        if (window == 0 || keepAll) {
            return;
        }
        for (var head : heads) {
            head.dropThrough(nextPosition - window);
        }
        if (memory.spareBytes() > heads.length * Stores.bytes(codec, headDim, BlockFormat.TOKENS)) {
            repack();
        }
    }

    /** Moves all blocks to memory of just their size and frees the old one. */
    private void repack() {
        var old = memory;
        memory = new BlockMemory();
        heads = copies(heads, memory);
        old.close();
    }

    private static HeadCache[] copies(HeadCache[] heads, BlockMemory memory) {
        long bytes = 0;
        for (var head : heads) {
            bytes += head.bytes();
        }
        memory.reserve(bytes);
        var copies = new HeadCache[heads.length];
        for (int head = 0; head < heads.length; head++) {
            copies[head] = heads[head].copy(memory);
        }
        return copies;
    }

    LayerCache fork() {
        return new LayerCache(this);
    }

    /** Bytes allocated for this layer's keys, values, scales and minima, unused parts of blocks included. */
    public long bytes() {
        return memory.bytes();
    }

    /**
     * Bytes of the tables of positions on the Java heap, beside {@link #bytes}: 4 for each slot of a head whose tokens
     * are not consecutive, room for new ones included; else none.
     */
    public long positionBytes() {
        long bytes = 0;
        for (var head : heads) {
            bytes += head.positionBytes();
        }
        return bytes;
    }

    void close() {
        memory.close();
    }
}
