package io.hayloft.kv.cache;

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
        return switch (codec) {
            case KvCodec.F32() -> new PlainTokens(new F32Block(keys, headDim), memory);
            case KvCodec.F16() -> new PlainTokens(new F16Block(keys, headDim), memory);
            case KvCodec.Q8() -> new PlainTokens(new Q8Block(keys, headDim), memory);
            case KvCodec.FlexGen flexGen -> new PlainTokens(format(flexGen, keys, headDim), memory);
            case KvCodec.Grouped grouped -> {
                if (unpacked(grouped, keys)) {
                    yield new PlainTokens(unpackedFormat(grouped, keys, headDim), memory);
                }
                yield keys ? new GroupedKeys(headDim, grouped, memory) : new GroupedValues(headDim, grouped, memory);
            }
        };
    }

    private static BlockFormat format(KvCodec.FlexGen codec, boolean keys, int headDim) {
        return new TokenGroups(keys, headDim, codec.bits(), codec.group(), codec.wide(), true);
    }

    private static boolean unpacked(KvCodec.Grouped codec, boolean keys) {
        return (keys ? codec.keyBits() : codec.valueBits()) == Short.SIZE;
    }

    /** How a grouped codec stores tokens that are not packed. */
    static BlockFormat unpackedFormat(KvCodec.Grouped codec, boolean keys, int headDim) {
        return codec.wide() ? new F32Block(keys, headDim) : new F16Block(keys, headDim);
    }

    /** Bytes of the blocks that hold this many tokens of a head. */
    static long bytes(KvCodec codec, int headDim, int tokens) {
        return bytes(codec, true, headDim, tokens) + bytes(codec, false, headDim, tokens);
    }

    private static long bytes(KvCodec codec, boolean keys, int headDim, int tokens) {
        long blocks = ((long) tokens + BlockFormat.TOKENS - 1) / BlockFormat.TOKENS;
        return switch (codec) {
            case KvCodec.F32() -> blocks * new F32Block(keys, headDim).bytes();
            case KvCodec.F16() -> blocks * new F16Block(keys, headDim).bytes();
            case KvCodec.Q8() -> blocks * new Q8Block(keys, headDim).bytes();
            case KvCodec.FlexGen flexGen ->
                blocks * format(flexGen, keys, headDim).bytes();
            case KvCodec.Grouped grouped -> {
                if (unpacked(grouped, keys)) {
                    yield blocks * unpackedFormat(grouped, keys, headDim).bytes();
                }
                yield keys
                        ? GroupedKeys.bytes(headDim, grouped, tokens)
                        : GroupedValues.bytes(headDim, grouped, tokens);
            }
        };
    }
}
