package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

/** Keys or values that are all stored in one format, each token by itself. */
final class PlainTokens extends TokenStore {
    private final BlockFormat format;
    private final BlockList blocks;
    private final float[] scratch;
    private int firstBlock;
    private int end;

    PlainTokens(BlockFormat format, BlockMemory memory) {
        this.format = format;
        this.scratch = new float[format.channels];
        this.blocks = new BlockList(memory, format.bytes());
    }

    @Override
    int end() {
        return end;
    }

    @Override
    void append(float[] src, int at) {
        if (end % TOKENS == 0) {
            blocks.add();
        }
        store(end++, src, at);
    }

    @Override
    void appendFrom(TokenStore source, int token) {
        if (source instanceof PlainTokens plain && plain.format.same(format)) {
            if (end % TOKENS == 0) {
                blocks.add();
            }
            move(plain, token, end++);
        } else {
            source.load(token, scratch, 0);
            append(scratch, 0);
        }
    }

    /** Copies a token of a store of the same format to one of this. */
    private void move(PlainTokens source, int from, int to) {
        int sourceBlock = from / TOKENS - source.firstBlock;
        int block = to / TOKENS - firstBlock;
        format.copy(
                source.blocks.segment(sourceBlock),
                source.blocks.offset(sourceBlock),
                from % TOKENS,
                blocks.segment(block),
                blocks.offset(block),
                to % TOKENS);
    }

    private void store(int token, float[] src, int at) {
        int block = token / TOKENS - firstBlock;
        format.store(blocks.segment(block), blocks.offset(block), token % TOKENS, src, at);
    }

    @Override
    void settle() {}

    @Override
    void reserve(int tokens) {
        blocks.reserve((tokens + TOKENS - 1) / TOKENS - firstBlock);
    }

    /** Owns memory for this many blocks. */
    void reserveBlocks(int count) {
        blocks.reserve(count);
    }

    @Override
    void load(int token, float[] dst, int at) {
        int block = token / TOKENS - firstBlock;
        format.load(blocks.segment(block), blocks.offset(block), token % TOKENS, dst, at);
    }

    @Override
    void expand(int number, float[] dst, int at, int stride) {
        int block = number - firstBlock;
        format.expand(blocks.segment(block), blocks.offset(block), dst, at, stride);
    }

    @Override
    void addScores(BlockScratch scratch, int number, float[] out, int outAt, int outStride) {
        int block = number - firstBlock;
        format.addScores(scratch, blocks.segment(block), blocks.offset(block), out, outAt, outStride);
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
        int block = number - firstBlock;
        var segment = blocks.segment(block);
        long at = blocks.offset(block);
        format.addValues(scratch, segment, at, tokens, p, pAt, pStride, heads, out, outAt, outStride);
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
        int last = end - 1;
        if (token != last) {
            move(this, last, token);
        }
        end = last;
        if (end % TOKENS == 0) {
            blocks.removeLast();
        }
    }

    @Override
    int droppable(int tokens) {
        return tokens / TOKENS * TOKENS;
    }

    @Override
    void removeFirst(int tokens) {
        blocks.removeFirst(tokens / TOKENS);
        firstBlock += tokens / TOKENS;
    }

    @Override
    PlainTokens copy(BlockMemory memory) {
        var copy = new PlainTokens(format, memory);
        copy.blocks.copyFrom(blocks);
        copy.firstBlock = firstBlock;
        copy.end = end;
        return copy;
    }

    @Override
    long bytes() {
        return blocks.bytes();
    }
}
