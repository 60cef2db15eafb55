package io.hayloft.engine.cache;

/** Makes the stores that a codec asks for. */
final class Stores {
    private Stores() {}

    /** An empty head. */
    static HeadCache head(KvCodec codec, int headDim, BlockMemory memory) {
        return new HeadCache(
                headDim,
                store(codec, true, headDim, memory),
                store(codec, false, headDim, memory),
                new SlotPositions());
    }

    private static TokenStore store(KvCodec codec, boolean keys, int headDim, BlockMemory memory) {
        return new PlainTokens(format(codec, keys, headDim), memory);
    }

    private static BlockFormat format(KvCodec codec, boolean keys, int headDim) {
        return switch (codec) {
            case KvCodec.F32() -> new F32Block(keys, headDim);
            case KvCodec.F16() -> new F16Block(keys, headDim);
            case KvCodec.Q8() -> throw new UnsupportedOperationException();
            case KvCodec.Grouped g -> throw new UnsupportedOperationException();
        };
    }

    /** Bytes of the blocks that hold this many tokens of a head. */
    static long bytes(KvCodec codec, int headDim, int tokens) {
        long blocks = (tokens + BlockFormat.TOKENS - 1) / BlockFormat.TOKENS;
        return blocks
                * (format(codec, true, headDim).bytes()
                        + format(codec, false, headDim).bytes());
    }
}
