package io.hayloft.kv.cache;

/** How the keys and values of a head are stored. */
public sealed interface KvCodec {
    /** 32-bit floats, as the model computes them. */
    record F32() implements KvCodec {
        @Override
        public String text() {
            return "f32";
        }
    }

    /** 16-bit floats, rounded half to even; values beyond 65504 become 65504. */
    record F16() implements KvCodec {
        @Override
        public String text() {
            return "f16";
        }
    }

    /**
     * Signed bytes with a 16-bit float scale for each token and 32 channels, for keys and for values: 8.5 bits. Every
     * token is coded by itself.
     */
    record Q8() implements KvCodec {
        @Override
        public String text() {
            return "q8";
        }
    }

    /**
     * Groups of codes with a 16-bit or 32-bit scale and minimum, for keys and for values, the newest token included: the
     * form of FlexGen (arXiv 2303.06865). A group is {@code group} channels of one token; zeros fill the last one where the
     * channels do not divide, and move its minimum or maximum, as in the original. Every token is coded by itself.
     *
     * @param bits 2, 4 or 8
     * @param group a multiple of 32
     * @param wide whether scales and minima are 32-bit floats instead of 16-bit ones
     */
    record FlexGen(int bits, int group, boolean wide) implements KvCodec {
        /** Checks the sizes. */
        public FlexGen {
            CodecText.checkFlexGen(bits, group);
        }

        /** {@code flexgen(bits=4,group=64)}, with {@code ,scales=f32} at the end if wide. */
        @Override
        public String text() {
            return "flexgen(bits=" + bits + ",group=" + group + (wide ? ",scales=f32)" : ")");
        }
    }

    /**
     * Groups of codes with a scale and a minimum, the newest tokens unquantised: the layout of KIVI (arXiv 2402.02750).
     *
     * @param keyBits 2, 4, 8, or 16 for unquantised keys; a group is {@code group} consecutive tokens of one channel
     * @param valueBits 2, 4, 8, or 16 for unquantised values; a group is {@code group} channels of one token
     * @param group 32 or a multiple of it
     * @param residual tokens that stay unquantised, a multiple of {@code group}: keys are packed this many at a time,
     *     values as soon as this many are newer
     * @param wide whether scales, minima and the unquantised tokens are 32-bit floats instead of 16-bit ones
     */
    record Grouped(int keyBits, int valueBits, int group, int residual, boolean wide) implements KvCodec {
        /** Checks the sizes. */
        public Grouped {
            CodecText.checkBits("k", keyBits);
            CodecText.checkBits("v", valueBits);
            CodecText.checkGroup(group, residual);
        }

        /** The usual form, with 16-bit scales, minima and unquantised tokens. */
        public Grouped(int keyBits, int valueBits, int group, int residual) {
            this(keyBits, valueBits, group, residual, false);
        }

        /** {@code kivi(k=2,v=2,group=32,residual=128)}, with {@code ,scales=f32} at the end if wide. */
        @Override
        public String text() {
            return "kivi(k=" + keyBits + ",v=" + valueBits + ",group=" + group + ",residual=" + residual
                    + (wide ? ",scales=f32)" : ")");
        }
    }

    /** The text form that {@link #parse} reads. */
    String text();

    /** Whether every token is coded by itself as it comes, so that single tokens can be evicted. */
    default boolean codesTokensAlone() {
        return !(this instanceof Grouped);
    }

    /** Bytes of this many tokens of one layer: codes, scales and minima, without padding and rounding to blocks. */
    default long bytes(int kvHeads, int headDim, int tokens) {
        return CodecSizes.bits(this, headDim, tokens) * kvHeads / Byte.SIZE;
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
