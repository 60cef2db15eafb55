package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

/**
 * Values in packed blocks, the newest {@code residual} unpacked: a token is packed when that many are newer, but not
 * before the step that brought the newest one has used it, which is when the next token comes.
 */
final class GroupedValues extends TokenStore {
    private final int channels;
    private final int residual;
    private final TokenGroups format;
    private final BlockList blocks;
    private final PlainTokens window;
    private final float[] scratch;
    private int firstBlock;
    private int firstUnpacked;
    private int packed; // number behind the last packed token

    GroupedValues(int channels, KvCodec.Grouped codec, BlockMemory memory) {
        this(
                channels,
                codec.residual(),
                format(channels, codec),
                memory,
                new PlainTokens(Stores.unpackedFormat(codec, false, channels), memory));
    }

    private GroupedValues(int channels, int residual, TokenGroups format, BlockMemory memory, PlainTokens window) {
        this.channels = channels;
        this.residual = residual;
        this.format = format;
        this.blocks = new BlockList(memory, format.bytes());
        this.window = window;
        this.scratch = new float[channels];
    }

    private static TokenGroups format(int channels, KvCodec.Grouped codec) {
        return new TokenGroups(false, channels, codec.valueBits(), codec.group(), codec.wide(), false);
    }

    @Override
    int end() {
        return window.end();
    }

    /** Number behind the last packed token. */
    int packed() {
        return packed;
    }

    @Override
    void append(float[] src, int at) {
        settle();
        window.append(src, at);
    }

    @Override
    void appendFrom(TokenStore source, int token) {
        settle();
        window.appendFrom(source, token);
    }

    @Override
    void settle() {
        while (window.end() - packed > residual) {
            window.load(packed, scratch, 0);
            if (packed % TOKENS == 0) {
                blocks.add();
            }
            int last = blocks.size() - 1;
            format.store(blocks.segment(last), blocks.offset(last), packed % TOKENS, scratch, 0);
            packed++;
            if (packed - firstUnpacked == TOKENS) {
                window.removeFirst(TOKENS);
                firstUnpacked = packed;
            }
        }
    }

    @Override
    void reserve(int tokens) {
        blocks.reserve(packedBlocks(tokens, residual));
        window.reserveBlocks(unpackedBlocks(tokens, residual));
    }

    private static int packedBlocks(int tokens, int residual) {
        return (Math.max(0, tokens - residual) + TOKENS - 1) / TOKENS;
    }

    /** One block more than the window, which rarely begins with a block. */
    private static int unpackedBlocks(int tokens, int residual) {
        return (Math.min(tokens, residual + 1) + TOKENS - 1) / TOKENS;
    }

    /** Bytes that a head's values of this many tokens take. */
    static long bytes(int channels, KvCodec.Grouped codec, int tokens) {
        var packed = format(channels, codec);
        return (long) packedBlocks(tokens, codec.residual()) * packed.bytes()
                + (long) unpackedBlocks(tokens, codec.residual())
                        * Stores.unpackedFormat(codec, false, channels).bytes();
    }

    @Override
    void load(int token, float[] dst, int at) {
        if (token >= packed) {
            window.load(token, dst, at);
        } else {
            int block = token / TOKENS - firstBlock;
            format.load(blocks.segment(block), blocks.offset(block), token % TOKENS, dst, at);
        }
    }

    @Override
    void expand(int number, float[] dst, int at, int stride) {
        int first = number * TOKENS;
        if (first >= packed) {
            window.expand(number, dst, at, stride);
            return;
        }
        int block = number - firstBlock;
        int here = Math.min(TOKENS, packed - first);
        format.expand(blocks.segment(block), blocks.offset(block), dst, at, stride);
        for (int token = first + here; token < Math.min(end(), first + TOKENS); token++) {
            window.load(token, dst, at + (token - first) * stride);
        }
    }

    @Override
    void addScores(BlockScratch scratch, int block, float[] out, int outAt, int outStride) {
        throw new IllegalStateException("these are values");
    }

    @Override
    void addValues(
            BlockScratch scratch,
            int number,
            int tokens,
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] out,
            int outAt,
            int outStride) {
        int first = number * TOKENS;
        if (first >= packed) {
            window.addValues(scratch, number, tokens, p, pAt, pStride, heads, out, outAt, outStride);
        } else if (first + TOKENS <= packed) {
            addPacked(scratch, number, p, pAt, pStride, heads, out, outAt, outStride);
        } else {
            // The block of the boundary lies in both forms: each gets the probabilities of its own tokens.
            int boundary = packed - first;
            var part = new float[heads * TOKENS];
            copy(p, pAt, pStride, heads, 0, boundary, part);
            addPacked(scratch, number, part, 0, TOKENS, heads, out, outAt, outStride);
            copy(p, pAt, pStride, heads, boundary, TOKENS, part);
            window.addValues(scratch, number, tokens, part, 0, TOKENS, heads, out, outAt, outStride);
        }
    }

    private static void copy(float[] p, int pAt, int pStride, int heads, int from, int to, float[] part) {
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < TOKENS; i++) {
                part[head * TOKENS + i] = i >= from && i < to ? p[pAt + head * pStride + i] : 0;
            }
        }
    }

    private void addPacked(
            BlockScratch scratch,
            int number,
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] out,
            int outAt,
            int outStride) {
        int block = number - firstBlock;
        var segment = blocks.segment(block);
        format.addValues(scratch, segment, blocks.offset(block), TOKENS, p, pAt, pStride, heads, out, outAt, outStride);
    }

    @Override
    int sumGroups() {
        return format.sumGroups();
    }

    @Override
    int sumGroupChannels() {
        return format.sumGroupChannels();
    }

    @Override
    void moveLastTo(int token) {
        throw new UnsupportedOperationException("grouped values cannot be evicted one by one");
    }

    @Override
    int droppable(int tokens) {
        return Math.min(tokens, packed - firstBlock * TOKENS) / TOKENS * TOKENS;
    }

    @Override
    void removeFirst(int tokens) {
        blocks.removeFirst(tokens / TOKENS);
        firstBlock += tokens / TOKENS;
    }

    @Override
    GroupedValues copy(BlockMemory memory) {
        var copy = new GroupedValues(channels, residual, format, memory, window.copy(memory));
        copy.blocks.copyFrom(blocks);
        copy.firstBlock = firstBlock;
        copy.firstUnpacked = firstUnpacked;
        copy.packed = packed;
        return copy;
    }

    @Override
    long bytes() {
        return blocks.bytes() + window.bytes();
    }
}
