package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

/**
 * Keys in packed groups, the newest unpacked: when {@code residual} unpacked ones have gathered they are packed all at
 * once, but not before their scores have been used, which is when the next token comes.
 */
final class GroupedKeys extends TokenStore {
    private final int channels;
    private final int residual;
    private final KeyGroups format;
    private final BlockList groups;
    private final PlainTokens tail;
    private int firstGroup;
    private int packed; // number behind the last packed token

    GroupedKeys(int channels, KvCodec.Grouped codec, BlockMemory memory) {
        this(
                channels,
                codec.residual(),
                format(channels, codec),
                memory,
                new PlainTokens(Stores.unpackedFormat(codec, true, channels), memory));
    }

    private GroupedKeys(int channels, int residual, KeyGroups format, BlockMemory memory, PlainTokens tail) {
        this.channels = channels;
        this.residual = residual;
        this.format = format;
        this.groups = new BlockList(memory, format.bytes());
        this.tail = tail;
    }

    private static KeyGroups format(int channels, KvCodec.Grouped codec) {
        return new KeyGroups(channels, codec.keyBits(), codec.group(), codec.wide());
    }

    @Override
    int end() {
        return tail.end();
    }

    /** Number behind the last packed token. */
    int packed() {
        return packed;
    }

    @Override
    void append(float[] src, int at) {
        settle();
        tail.append(src, at);
    }

    @Override
    void appendFrom(TokenStore source, int token) {
        settle();
        tail.appendFrom(source, token);
    }

    @Override
    void settle() {
        if (tail.end() - packed == residual) {
            pack();
        }
    }

    private void pack() {
        var keys = new float[format.group() * channels];
        for (int from = packed; from < packed + residual; from += format.group()) {
            for (int token = 0; token < format.group(); token += TOKENS) {
                tail.expand((from + token) / TOKENS, keys, token, format.group());
            }
            groups.add();
            int last = groups.size() - 1;
            format.store(groups.segment(last), groups.offset(last), keys);
        }
        packed += residual;
        tail.removeFirst(residual);
    }

    @Override
    void reserve(int tokens) {
        groups.reserve(tokens / residual * (residual / format.group()));
        tail.reserveBlocks(unpackedBlocks(tokens, residual));
    }

    private static int unpackedBlocks(int tokens, int residual) {
        return (Math.min(tokens, residual) + TOKENS - 1) / TOKENS;
    }

    /** Bytes that a head's keys of this many tokens take. */
    static long bytes(int channels, KvCodec.Grouped codec, int tokens) {
        var groups = format(channels, codec);
        long flushes = tokens / codec.residual();
        long packed = flushes * (codec.residual() / codec.group());
        return packed * groups.bytes()
                + (long) unpackedBlocks(tokens, codec.residual())
                        * Stores.unpackedFormat(codec, true, channels).bytes();
    }

    @Override
    void load(int token, float[] dst, int at) {
        if (token >= packed) {
            tail.load(token, dst, at);
        } else {
            int block = token / format.group() - firstGroup;
            format.load(groups.segment(block), groups.offset(block), token % format.group(), dst, at);
        }
    }

    @Override
    void expand(int number, float[] dst, int at, int stride) {
        int token = number * TOKENS;
        if (token >= packed) {
            tail.expand(number, dst, at, stride);
        } else {
            int block = token / format.group() - firstGroup;
            format.expand(groups.segment(block), groups.offset(block), token % format.group(), dst, at, stride);
        }
    }

    @Override
    void addScores(BlockScratch scratch, int number, float[] out, int outAt, int outStride) {
        int token = number * TOKENS;
        if (token >= packed) {
            tail.addScores(scratch, number, out, outAt, outStride);
        } else {
            int block = token / format.group() - firstGroup;
            var segment = groups.segment(block);
            format.addScores(scratch, segment, groups.offset(block), token % format.group(), out, outAt, outStride);
        }
    }

    @Override
    void addValues(
            BlockScratch scratch,
            int block,
            int tokens,
            float[] p,
            int pAt,
            int pStride,
            int heads,
            float[] out,
            int outAt,
            int outStride) {
        throw new IllegalStateException("these are keys");
    }

    @Override
    int sumGroups() {
        return 0;
    }

    @Override
    int sumGroupChannels() {
        return channels;
    }

    @Override
    void moveLastTo(int token) {
        throw new UnsupportedOperationException("grouped keys cannot be evicted one by one");
    }

    @Override
    int droppable(int tokens) {
        return Math.min(tokens, groups.size() * format.group()) / format.group() * format.group();
    }

    @Override
    void removeFirst(int tokens) {
        groups.removeFirst(tokens / format.group());
        firstGroup += tokens / format.group();
    }

    @Override
    GroupedKeys copy(BlockMemory memory) {
        var copy = new GroupedKeys(channels, residual, format, memory, tail.copy(memory));
        copy.groups.copyFrom(groups);
        copy.firstGroup = firstGroup;
        copy.packed = packed;
        return copy;
    }

    @Override
    long bytes() {
        return groups.bytes() + tail.bytes();
    }
}
