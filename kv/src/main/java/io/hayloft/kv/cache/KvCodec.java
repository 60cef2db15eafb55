package io.hayloft.kv.cache;

import io.hayloft.kv.cache.CodecText.Form;
import java.util.List;

/**
 * How the keys and values of a head are stored. A codec makes the stores that do it; to add one takes a class that
 * implements this, and a line in {@link CodecText} if it has a text form.
 */
public interface KvCodec {
    /** 32-bit floats, as the model computes them. */
    record F32() implements KvCodec {
        static final Form FORM = new Form("f32", List.of(), given -> new F32());

        @Override
        public String text() {
            return FORM.name();
        }

        @Override
        public KeyStore keyStore(int headDim, BlockMemory memory) {
            return new PlainKeys(new F32Block(true, headDim), memory);
        }

        @Override
        public ValueStore valueStore(int headDim, BlockMemory memory) {
            return new PlainValues(new F32Block(false, headDim), memory);
        }

        @Override
        public long bits(int headDim, int tokens) {
            return 64L * headDim * tokens;
        }

        @Override
        public boolean storesFloats() {
            return true;
        }
    }

    /** 16-bit floats, rounded half to even; values beyond 65504 become 65504. */
    record F16() implements KvCodec {
        static final Form FORM = new Form("f16", List.of(), given -> new F16());

        @Override
        public String text() {
            return FORM.name();
        }

        @Override
        public KeyStore keyStore(int headDim, BlockMemory memory) {
            return new PlainKeys(new F16Block(true, headDim), memory);
        }

        @Override
        public ValueStore valueStore(int headDim, BlockMemory memory) {
            return new PlainValues(new F16Block(false, headDim), memory);
        }

        @Override
        public long bits(int headDim, int tokens) {
            return 32L * headDim * tokens;
        }

        @Override
        public boolean storesFloats() {
            return true;
        }
    }

    /**
     * Signed bytes with a 16-bit float scale for each token and 32 channels, for keys and for values: 8.5 bits. Every
     * token is quantised by itself.
     */
    record Q8() implements KvCodec {
        static final Form FORM = new Form("q8", List.of(), given -> new Q8());

        @Override
        public String text() {
            return FORM.name();
        }

        @Override
        public KeyStore keyStore(int headDim, BlockMemory memory) {
            return new PlainKeys(new Q8Block(true, headDim), memory);
        }

        @Override
        public ValueStore valueStore(int headDim, BlockMemory memory) {
            return new PlainValues(new Q8Block(false, headDim), memory);
        }

        @Override
        public long bits(int headDim, int tokens) {
            return 2L * tokens * (8L * headDim + 16L * BlockFormat.groups(headDim, Q8Block.GROUP));
        }
    }

    /**
     * Groups of quantised values with a 16-bit or 32-bit scale and zero point, for keys and for values, the newest token
     * included: the form of FlexGen (arXiv 2303.06865). A group is {@code group} channels of one token; zeros fill the last
     * one where the channels do not divide, and move its smallest or largest value, as in the original. Every token is
     * quantised by itself.
     *
     * @param bits 2, 4 or 8
     * @param group a multiple of 32
     * @param wide whether scales and zero points are 32-bit floats instead of 16-bit ones
     */
    record FlexGen(int bits, int group, boolean wide) implements KvCodec {
        static final Form FORM = new Form(
                "flexgen",
                List.of("bits", "group", "scales"),
                given -> new FlexGen(given.number("bits", 4), given.number("group", 64), given.wide()));

        /** Checks the sizes. */
        public FlexGen {
            CodecText.check(FORM, "bits", bits, bits == 2 || bits == 4 || bits == 8, "2, 4 or 8");
            CodecText.checkGroup(FORM, group);
        }

        /** {@code flexgen(bits=4,group=64)}, with {@code ,scales=f32} at the end if wide. */
        @Override
        public String text() {
            return "flexgen(bits=" + bits + ",group=" + group + (wide ? ",scales=f32)" : ")");
        }

        @Override
        public KeyStore keyStore(int headDim, BlockMemory memory) {
            return new PlainKeys(new TokenGroups(true, headDim, bits, group, wide, true), memory);
        }

        @Override
        public ValueStore valueStore(int headDim, BlockMemory memory) {
            return new PlainValues(new TokenGroups(false, headDim, bits, group, wide, true), memory);
        }

        @Override
        public long bits(int headDim, int tokens) {
            return 2L * tokens * ((long) bits * headDim + (wide ? 64L : 32L) * BlockFormat.groups(headDim, group));
        }
    }

    /**
     * Groups of quantised values with a scale and a zero point, the newest tokens unquantised: the layout of KIVI (arXiv
     * 2402.02750).
     *
     * @param keyBits 2, 4, 8, or 16 for unquantised keys; a group is {@code group} consecutive tokens of one channel
     * @param valueBits 2, 4, 8, or 16 for unquantised values; a group is {@code group} channels of one token
     * @param group 32 or a multiple of it
     * @param residual tokens that stay unquantised, a multiple of {@code group}: keys are packed this many at a time,
     *     values as soon as this many are newer
     * @param wide whether scales, zero points and the unquantised tokens are 32-bit floats instead of 16-bit ones
     */
    record Grouped(int keyBits, int valueBits, int group, int residual, boolean wide) implements KvCodec {
        static final Form FORM = new Form(
                "kivi",
                List.of("k", "v", "group", "residual", "scales"),
                given -> new Grouped(
                        given.number("k", 2),
                        given.number("v", 2),
                        given.number("group", 32),
                        given.number("residual", 128),
                        given.wide()));

        /** Checks the sizes. */
        public Grouped {
            CodecText.check(FORM, "k", keyBits, packs(keyBits) || keyBits == Short.SIZE, "2, 4, 8 or 16");
            CodecText.check(FORM, "v", valueBits, packs(valueBits) || valueBits == Short.SIZE, "2, 4, 8 or 16");
            CodecText.checkGroup(FORM, group);
            boolean divides = residual >= group && residual % group == 0 && residual <= 1 << 20;
            CodecText.check(FORM, "residual", residual, divides, "a multiple of the group, " + group);
        }

        /** The usual form, with 16-bit scales, zero points and unquantised tokens. */
        public Grouped(int keyBits, int valueBits, int group, int residual) {
            this(keyBits, valueBits, group, residual, false);
        }

        private static boolean packs(int bits) {
            return bits == 2 || bits == 4 || bits == 8;
        }

        /** {@code kivi(k=2,v=2,group=32,residual=128)}, with {@code ,scales=f32} at the end if wide. */
        @Override
        public String text() {
            return "kivi(k=" + keyBits + ",v=" + valueBits + ",group=" + group + ",residual=" + residual
                    + (wide ? ",scales=f32)" : ")");
        }

        @Override
        public boolean storesTokensSeparately() {
            return false;
        }

        /** How tokens are stored that are not packed. */
        BlockFormat unpacked(boolean keys, int headDim) {
            return wide ? new F32Block(keys, headDim) : new F16Block(keys, headDim);
        }

        @Override
        public KeyStore keyStore(int headDim, BlockMemory memory) {
            return packs(keyBits)
                    ? new GroupedKeys(headDim, this, memory)
                    : new PlainKeys(unpacked(true, headDim), memory);
        }

        @Override
        public ValueStore valueStore(int headDim, BlockMemory memory) {
            return packs(valueBits)
                    ? new GroupedValues(headDim, this, memory)
                    : new PlainValues(unpacked(false, headDim), memory);
        }

        @Override
        public long bits(int headDim, int tokens) {
            long plain = wide ? Float.SIZE : Short.SIZE;
            long values = packs(valueBits) ? Math.max(0, tokens - residual) : 0;
            return keyBits(headDim, tokens)
                    + values * ((long) valueBits * headDim + 2L * BlockFormat.groups(headDim, group) * plain)
                    + (tokens - values) * plain * headDim;
        }

        @Override
        public long keyBits(int headDim, int tokens) {
            long plain = wide ? Float.SIZE : Short.SIZE;
            long keys = packs(keyBits) ? tokens - tokens % residual : 0;
            return headDim * (keys * keyBits + keys / group * 2 * plain + (tokens - keys) * plain);
        }
    }

    /** The text form that {@link #parse} reads. */
    String text();

    /** Returns an empty store for the keys of one head, which takes its blocks from this memory. */
    KeyStore keyStore(int headDim, BlockMemory memory);

    /** Returns an empty store for the values of one head. */
    ValueStore valueStore(int headDim, BlockMemory memory);

    /** Bits of the keys and values of one head: quantised values, scales and zero points, without rounding to blocks. */
    long bits(int headDim, int tokens);

    /** The part of the bits that keys take: half, where keys and values are stored alike. */
    default long keyBits(int headDim, int tokens) {
        return bits(headDim, tokens) / 2;
    }

    /** Whether every token is stored by itself as it comes, so that single tokens can be evicted. */
    default boolean storesTokensSeparately() {
        return true;
    }

    /**
     * Whether keys and values are floats that are multiplied as they are, channel by channel and token by token: then all ways
     * of attention have the same bits.
     */
    default boolean storesFloats() {
        return false;
    }

    /** Bytes of this many tokens of one layer, without padding and rounding to blocks. */
    default long bytes(int kvHeads, int headDim, int tokens) {
        return bits(headDim, tokens) * kvHeads / Byte.SIZE;
    }

    /**
     * Reads a text form: {@code f32}, {@code f16}, {@code q8}, {@code flexgen(bits=4,group=64)},
     * {@code kivi(k=2,v=2,group=32,residual=128)}; what is left out in the parentheses has these values.
     *
     * @throws io.hayloft.base.UserError if there is no such codec
     */
    static KvCodec parse(String text) {
        return CodecText.parse(text);
    }
}
