package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

import java.lang.foreign.MemorySegment;

/** Tokens that are all stored in one format, each by itself. */
abstract class PlainTokens implements TokenStore {
    /** How a block is stored. */
    final BlockFormat format;

    private final BlockList blocks;
    private final float[] scratch;
    private int firstBlock;
    private int end;

    PlainTokens(BlockFormat format, BlockMemory memory) {
        this.format = format;
        this.scratch = new float[format.channels];
        this.blocks = new BlockList(memory, format.bytes());
    }

    /** Memory of a block, by its number. */
    final MemorySegment segment(int number) {
        return blocks.segment(number - firstBlock);
    }

    /** Where a block begins in its memory. */
    final long offset(int number) {
        return blocks.offset(number - firstBlock);
    }

    @Override
    public final int end() {
        return end;
    }

    @Override
    public final int packed() {
        return 0;
    }

    @Override
    public final int fixedEnd() {
        return end();
    }

    @Override
    public final void append(float[] src, int at) {
        makeRoom();
        format.store(segment(end / TOKENS), offset(end / TOKENS), end % TOKENS, src, at);
        end++;
    }

    /** Makes sure that the next token has a block that can be written. */
    private void makeRoom() {
        if (end % TOKENS == 0) {
            blocks.add();
        } else {
            blocks.own(end / TOKENS - firstBlock);
        }
    }

    @Override
    public final void appendFrom(TokenStore source, int token) {
        if (source instanceof PlainTokens plain && plain.format.same(format)) {
            makeRoom();
            move(plain, token, end++);
        } else {
            source.load(token, scratch, 0);
            append(scratch, 0);
        }
    }

    @Override
    public final void appendBlockFrom(TokenStore source, int first) {
        if (source instanceof PlainTokens plain && plain.format.same(format)) {
            blocks.add();
            int from = first / TOKENS;
            int to = end / TOKENS;
            MemorySegment.copy(plain.segment(from), plain.offset(from), segment(to), offset(to), format.bytes());
            end += TOKENS;
        } else {
            TokenStore.super.appendBlockFrom(source, first);
        }
    }

    /** Copies a token of a store of the same format to one of this, whose block can be written. */
    private void move(PlainTokens source, int from, int to) {
        int block = from / TOKENS;
        format.copy(
                source.segment(block),
                source.offset(block),
                from % TOKENS,
                segment(to / TOKENS),
                offset(to / TOKENS),
                to % TOKENS);
    }

    @Override
    public final void flush() {}

    @Override
    public final void reserve(int tokens) {
        blocks.reserve(blocks(tokens) - firstBlock);
    }

    @Override
    public final long growth(int tokens) {
        return blocks.missing(blocks(end + tokens) - firstBlock);
    }

    @Override
    public final long bytesOf(int tokens) {
        return (long) blocks(tokens) * format.bytes();
    }

    /** Blocks that hold this many tokens. */
    static int blocks(int tokens) {
        return (tokens + TOKENS - 1) / TOKENS;
    }

    @Override
    public final void load(int token, float[] dst, int at) {
        format.load(segment(token / TOKENS), offset(token / TOKENS), token % TOKENS, dst, at);
    }

    @Override
    public final void expand(int number, float[] dst, int at, int stride) {
        format.expand(segment(number), offset(number), dst, at, stride);
    }

    @Override
    public final void moveLastTo(int token) {
        int last = end - 1;
        if (token != last) {
            blocks.own(token / TOKENS - firstBlock);
            move(this, last, token);
        }
        truncate(last);
    }

    @Override
    public final int droppable(int tokens) {
        return tokens / TOKENS * TOKENS;
    }

    @Override
    public final void removeFirst(int tokens) {
        blocks.removeFirst(tokens / TOKENS);
        firstBlock += tokens / TOKENS;
    }

    @Override
    public final void truncate(int end) {
        this.end = end;
        blocks.truncate(blocks(end) - firstBlock);
    }

    /**
     * Becomes equal to another store.
     *
     * @param shared whether to share its blocks; else they are copied
     */
    final void take(PlainTokens source, boolean shared) {
        if (shared) {
            blocks.share(source.blocks);
        } else {
            blocks.copyFrom(source.blocks);
        }
        firstBlock = source.firstBlock;
        end = source.end;
    }

    @Override
    public final long bytes() {
        return blocks.bytes();
    }

    @Override
    public final long tableBytes() {
        return blocks.tableBytes();
    }
}
