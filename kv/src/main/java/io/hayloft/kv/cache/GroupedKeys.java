package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

/**
 * Keys in packed groups, the newest unpacked: when {@code residual} unpacked ones have gathered they are packed all at
 * once, at the end of the decode step that brought the last of them ({@link #flush}), or when the next token is appended.
 * So the step itself still reads them unpacked.
 */
final class GroupedKeys implements KeyStore {
    private final int channels;
    private final int residual;
    private final KeyGroups format;
    private final BlockList groups;
    private final PlainKeys tail;
    private int begin; // number of the first token that was not dropped: the first of a group
    private int packed; // number behind the last token that was due to be packed

    GroupedKeys(int channels, KvCodec.Grouped codec, BlockMemory memory) {
        this(
                channels,
                codec.residual(),
                new KeyGroups(channels, codec.keyBits(), codec.group(), codec.wide()),
                memory,
                new PlainKeys(codec.unpacked(true, channels), memory));
    }

    private GroupedKeys(int channels, int residual, KeyGroups format, BlockMemory memory, PlainKeys tail) {
        this.channels = channels;
        this.residual = residual;
        this.format = format;
        this.groups = new BlockList(memory, format.bytes());
        this.tail = tail;
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
        if (residual % TOKENS == 0) { // else keys are due to be packed within the block
            flush();
            tail.appendBlockFrom(source, first);
        } else {
            KeyStore.super.appendBlockFrom(source, first);
        }
    }

    @Override
    public void flush() {
        if (tail.end() - packed == residual) {
            pack();
        }
    }

    private void pack() {
        var keys = new float[format.group() * channels];
        int first = Math.max(begin, packed);
        int end = packed + residual;
        for (int from = first; from < end; from += format.group()) {
            for (int token = 0; token < format.group(); token += TOKENS) {
                tail.expand((from + token) / TOKENS, keys, token, format.group());
            }
            groups.add();
            int last = groups.size() - 1;
            format.store(groups.segment(last), groups.offset(last), keys);
        }
        packed = end;
        tail.removeFirst(end - first);
    }

    /** Reserves what stays packed and unpacked of this many tokens; what is unpacked meanwhile takes blocks as it comes. */
    @Override
    public void reserve(int tokens) {
        groups.reserve(groups(tokens));
        tail.reserve(packed + tokens % residual);
    }

    private int groups(int tokens) {
        return tokens / residual * (residual / format.group());
    }

    @Override
    public long growth(int tokens) {
        return 0;
    }

    @Override
    public long bytesOf(int tokens) {
        return (long) groups(tokens) * format.bytes() + tail.bytesOf(tokens % residual);
    }

    private int block(int token) {
        return (token - begin) / format.group();
    }

    @Override
    public void load(int token, float[] dst, int at) {
        if (token >= packed) {
            tail.load(token, dst, at);
        } else {
            int block = block(token);
            format.load(groups.segment(block), groups.offset(block), token % format.group(), dst, at);
        }
    }

    @Override
    public void expand(int number, float[] dst, int at, int stride) {
        int token = number * TOKENS;
        if (token >= packed) {
            tail.expand(number, dst, at, stride);
        } else {
            int block = block(token);
            format.expand(groups.segment(block), groups.offset(block), token % format.group(), dst, at, stride);
        }
    }

    @Override
    public void addScores(BlockScratch scratch, int number, float[] out, int outAt, int outStride) {
        int token = number * TOKENS;
        if (token >= packed) {
            tail.addScores(scratch, number, out, outAt, outStride);
        } else {
            int block = block(token);
            var segment = groups.segment(block);
            format.addScores(scratch, segment, groups.offset(block), token % format.group(), out, outAt, outStride);
        }
    }

    @Override
    public void moveLastTo(int token) {
        throw new UnsupportedOperationException("grouped keys cannot be evicted one by one");
    }

    @Override
    public int droppable(int tokens) {
        return Math.min(tokens, end() - begin) / format.group() * format.group();
    }

    /** Drops packed groups, then unpacked ones, which need not be packed any more when that is due. */
    @Override
    public void removeFirst(int tokens) {
        int to = begin + tokens;
        if (begin < packed) {
            groups.removeFirst((Math.min(to, packed) - begin) / format.group());
        }
        if (to > packed) {
            tail.removeFirst(to - Math.max(begin, packed));
        }
        begin = to;
    }

    @Override
    public void truncate(int end) {
        tail.truncate(end);
    }

    @Override
    public GroupedKeys fork(BlockMemory memory) {
        var fork = with(memory, tail.fork(memory));
        fork.groups.share(groups);
        return fork;
    }

    @Override
    public GroupedKeys copy(BlockMemory memory) {
        var copy = with(memory, tail.copy(memory));
        copy.groups.copyFrom(groups);
        return copy;
    }

    private GroupedKeys with(BlockMemory memory, PlainKeys tail) {
        var other = new GroupedKeys(channels, residual, format, memory, tail);
        other.begin = begin;
        other.packed = packed;
        return other;
    }

    @Override
    public long bytes() {
        return groups.bytes() + tail.bytes();
    }

    @Override
    public long tableBytes() {
        return groups.tableBytes() + tail.tableBytes();
    }
}
