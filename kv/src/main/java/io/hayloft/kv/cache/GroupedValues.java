package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

/**
 * Values in packed blocks, the newest {@code residual} unpacked: a token is packed when that many are newer, at the end of
 * the decode step that brought the newest one ({@link #flush}), or when the next token is appended. So the step itself
 * still reads it unpacked.
 */
final class GroupedValues implements ValueStore {
    private final int channels;
    private final int residual;
    private final TokenGroups format;
    private final BlockList blocks;
    private final PlainValues tail;
    private final float[] scratch;
    private int firstBlock;
    private int firstUnpacked;
    private int packed; // number behind the last packed token

    GroupedValues(int channels, KvCodec.Grouped codec, BlockMemory memory) {
        this(
                channels,
                codec.residual(),
                new TokenGroups(false, channels, codec.valueBits(), codec.group(), codec.wide(), false),
                memory,
                new PlainValues(codec.unpacked(false, channels), memory));
    }

    private GroupedValues(int channels, int residual, TokenGroups format, BlockMemory memory, PlainValues tail) {
        this.channels = channels;
        this.residual = residual;
        this.format = format;
        this.blocks = new BlockList(memory, format.bytes());
        this.tail = tail;
        this.scratch = new float[channels];
    }

    @Override
    public int end() {
        return tail.end();
    }

    @Override
    public int packed() {
        return packed;
    }

    @Override
    public int fixedEnd() {
        return packed;
    }

    @Override
    public void append(float[] src, int at) {
        flush();
        tail.append(src, at);
    }

    @Override
    public void appendFrom(TokenStore source, int token) {
        flush();
        tail.appendFrom(source, token);
    }

    @Override
    public void appendBlockFrom(TokenStore source, int first) {
        flush();
        tail.appendBlockFrom(source, first);
    }

    @Override
    public void flush() {
        while (tail.end() - packed > residual) {
            tail.load(packed, scratch, 0);
            if (packed % TOKENS == 0) {
                blocks.add();
            }
            int last = blocks.size() - 1;
            blocks.own(last);
            format.store(blocks.segment(last), blocks.offset(last), packed % TOKENS, scratch, 0);
            packed++;
            if (packed - firstUnpacked == TOKENS) {
                tail.removeFirst(TOKENS);
                firstUnpacked = packed;
            }
        }
    }

    /** Reserves what stays packed and unpacked of this many tokens; what is unpacked meanwhile takes blocks as it comes. */
    @Override
    public void reserve(int tokens) {
        blocks.reserve(PlainTokens.blocks(packed(tokens)));
        tail.reserve(firstUnpacked + unpacked(tokens));
    }

    private int packed(int tokens) {
        return Math.max(0, tokens - residual);
    }

    /** Tokens of the blocks that hold unpacked ones: they begin with a block. */
    private int unpacked(int tokens) {
        return tokens - packed(tokens) / TOKENS * TOKENS;
    }

    @Override
    public long growth(int tokens) {
        return 0;
    }

    @Override
    public long bytesOf(int tokens) {
        return (long) PlainTokens.blocks(packed(tokens)) * format.bytes() + tail.bytesOf(unpacked(tokens));
    }

    @Override
    public void load(int token, float[] dst, int at) {
        if (token >= packed) {
            tail.load(token, dst, at);
        } else {
            int block = token / TOKENS - firstBlock;
            format.load(blocks.segment(block), blocks.offset(block), token % TOKENS, dst, at);
        }
    }

    @Override
    public void expand(int number, float[] dst, int at, int stride) {
        int first = number * TOKENS;
        if (first >= packed) {
            tail.expand(number, dst, at, stride);
            return;
        }
        int block = number - firstBlock;
        int here = Math.min(TOKENS, packed - first);
        format.expand(blocks.segment(block), blocks.offset(block), dst, at, stride);
        for (int token = first + here; token < Math.min(end(), first + TOKENS); token++) {
            tail.load(token, dst, at + (token - first) * stride);
        }
    }

    @Override
    public void addValues(BlockScratch scratch, int number, int tokens) {
        int first = number * TOKENS;
        if (first >= packed) {
            tail.addValues(scratch, number, tokens);
        } else if (first + TOKENS <= packed) {
            addPacked(scratch, number);
        } else {
            addBoth(scratch, number, tokens, packed - first);
        }
    }

    /** Adds a block that lies in both forms: each gets the probabilities of its own tokens. */
    private void addBoth(BlockScratch scratch, int number, int tokens, int boundary) {
        var weights = scratch.weights();
        var p = weights.x;
        int at = weights.xAt;
        int stride = weights.xStride;
        var part = scratch.part(weights.heads * TOKENS);
        copy(p, at, stride, weights.heads, 0, boundary, part);
        weights.of(part, 0, TOKENS);
        addPacked(scratch, number);
        copy(p, at, stride, weights.heads, boundary, TOKENS, part);
        tail.addValues(scratch, number, tokens);
        weights.of(p, at, stride);
    }

    private static void copy(float[] p, int pAt, int pStride, int heads, int from, int to, float[] part) {
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < TOKENS; i++) {
                part[head * TOKENS + i] = i >= from && i < to ? p[pAt + head * pStride + i] : 0;
            }
        }
    }

    private void addPacked(BlockScratch scratch, int number) {
        int block = number - firstBlock;
        format.addValues(scratch, blocks.segment(block), blocks.offset(block), TOKENS);
    }

    @Override
    public int sumGroups() {
        return format.sumGroups();
    }

    @Override
    public int sumGroupChannels() {
        return format.sumGroupChannels();
    }

    @Override
    public void moveLastTo(int token) {
        throw new UnsupportedOperationException("grouped values cannot be evicted one by one");
    }

    @Override
    public int droppable(int tokens) {
        return Math.min(tokens, end() - firstBlock * TOKENS) / TOKENS * TOKENS;
    }

    /** Drops blocks of packed tokens, then of unpacked ones, which need not be packed any more when that is due. */
    @Override
    public void removeFirst(int tokens) {
        int to = firstBlock * TOKENS + tokens;
        blocks.removeFirst(Math.min(tokens / TOKENS, blocks.size()));
        if (to > firstUnpacked) {
            tail.removeFirst(to - firstUnpacked);
            firstUnpacked = to;
            packed = Math.max(packed, to);
        }
        firstBlock = to / TOKENS;
    }

    @Override
    public void truncate(int end) {
        tail.truncate(end);
    }

    @Override
    public GroupedValues fork(BlockMemory memory) {
        var fork = with(memory, tail.fork(memory));
        fork.blocks.share(blocks);
        return fork;
    }

    @Override
    public GroupedValues copy(BlockMemory memory) {
        var copy = with(memory, tail.copy(memory));
        copy.blocks.copyFrom(blocks);
        return copy;
    }

    private GroupedValues with(BlockMemory memory, PlainValues tail) {
        var other = new GroupedValues(channels, residual, format, memory, tail);
        other.firstBlock = firstBlock;
        other.firstUnpacked = firstUnpacked;
        other.packed = packed;
        return other;
    }

    @Override
    public long bytes() {
        return blocks.bytes() + tail.bytes();
    }

    @Override
    public long tableBytes() {
        return blocks.tableBytes() + tail.tableBytes();
    }
}
