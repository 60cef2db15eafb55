package io.hayloft.kv.cache;

/** Sizes of codecs. */
final class CodecSizes {
    private CodecSizes() {}

    /** Bits of the keys and values of one head. */
    static long bits(KvCodec codec, int headDim, int tokens) {
        return switch (codec) {
            case KvCodec.F32() -> 64L * headDim * tokens;
            case KvCodec.F16() -> 32L * headDim * tokens;
            case KvCodec.Q8() -> 2L * tokens * (8 * headDim + 16 * groups(headDim, Q8_GROUP));
            case KvCodec.FlexGen f ->
                2L * tokens * ((long) f.bits() * headDim + (f.wide() ? 64L : 32L) * groups(headDim, f.group()));
            case KvCodec.Grouped g -> keyBits(g, headDim, tokens) + valueBits(g, headDim, tokens);
        };
    }

    /** Channels that share a scale in {@link KvCodec.Q8}. */
    static final int Q8_GROUP = 32;

    static int groups(int channels, int group) {
        return (channels + group - 1) / group;
    }

    private static long keyBits(KvCodec.Grouped g, int headDim, int tokens) {
        long plain = g.wide() ? 32 : 16;
        long packed = g.keyBits() == 16 ? 0 : tokens - tokens % g.residual();
        return headDim * (packed * g.keyBits() + packed / g.group() * 2 * plain + (tokens - packed) * plain);
    }

    private static long valueBits(KvCodec.Grouped g, int headDim, int tokens) {
        long plain = g.wide() ? 32 : 16;
        long packed = g.valueBits() == 16 ? 0 : Math.max(0, tokens - g.residual());
        return packed * ((long) g.valueBits() * headDim + 2L * groups(headDim, g.group()) * plain)
                + (tokens - packed) * plain * headDim;
    }
}
