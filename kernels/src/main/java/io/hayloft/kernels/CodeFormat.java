package io.hayloft.kernels;

import io.hayloft.formats.tensor.ScaledValues;
import io.hayloft.formats.tensor.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * How a quantised type is packed: unsigned codes of 4 or 8 bits in blocks with one scale, so that a weight is {@code
 * scale * (code - offset)} or, with a minimum, {@code scale * code + minimum}.
 *
 * @param bits bits of a packed code
 * @param block elements with one scale
 * @param offset what to subtract from a code; a power of two, 0 for types with a minimum
 * @param minimum whether each block has a minimum
 * @param table what packed values of 4 bits are places in; null if they are the values themselves
 * @param reader takes apart one block of the file
 */
record CodeFormat(
        int bits,
        int block,
        int offset,
        boolean minimum,
        @Nullable TableFormat table,
        BlockReader reader) {
    private static final float[] FACTORS_4 = {1, 0x1p-4f, 0x1p-8f, 0x1p-12f};
    private static final float[] FACTORS_8 = {1, 0x1p-8f, 0x1p-16f, 1};

    private CodeFormat(int bits, int block, int offset, boolean minimum, BlockReader reader) {
        this(bits, block, offset, minimum, null, reader);
    }

    /** Reads codes, scales and minima of one block of the file. */
    @FunctionalInterface
    interface BlockReader {
        void read(byte[] data, int at, byte[] codes, float[] scales, float[] minima);
    }

    /** The form of a type; null for types that are not made of blocks. */
    static @Nullable CodeFormat of(TensorType type) {
        var scaled = type.scaledValues();
        if (scaled != null) {
            return of(scaled);
        }
        return switch (type) {
            case Q8_0 -> new CodeFormat(8, 32, 128, false, SmallBlockReader::q8);
            case Q4_0 -> new CodeFormat(4, 32, 8, false, SmallBlockReader::q4);
            case Q4_1 -> new CodeFormat(4, 32, 0, true, SmallBlockReader::q4WithMinimum);
            case Q5_0 -> new CodeFormat(8, 32, 16, false, SmallBlockReader::q5);
            case Q5_1 -> new CodeFormat(8, 32, 0, true, SmallBlockReader::q5WithMinimum);
            case Q2_K -> new CodeFormat(4, 16, 0, true, SuperBlockReader::q2);
            case Q3_K -> new CodeFormat(4, 16, 4, false, SuperBlockReader::q3);
            case Q4_K -> new CodeFormat(4, 32, 0, true, SuperBlockReader::q4);
            case Q5_K -> new CodeFormat(8, 32, 0, true, SuperBlockReader::q5);
            case Q6_K -> new CodeFormat(8, 16, 32, false, SuperBlockReader::q6);
            case INT4 -> new CodeFormat(4, 32, 0, true, SmallBlockReader::int4);
            case INT8 -> new CodeFormat(8, 32, 0, true, SmallBlockReader::int8);
            default -> null;
        };
    }

    /** Values are moved up to be unsigned; 4 bits hold them where they are few, or their places in a table. */
    private static CodeFormat of(ScaledValues scaled) {
        int offset = scaled.bound();
        var values = scaled.table();
        var table = values != null && TableFormat.FAST ? TableFormat.of(values, offset) : null;
        int bits = table != null || offset <= 8 ? 4 : 8;
        return new CodeFormat(bits, scaled.part(), offset, false, table, (data, at, codes, scales, minima) -> {
            scaled.reader().read(data, at, codes, scales);
            for (int i = 0; i < codes.length; i++) {
                codes[i] += (byte) offset;
            }
        });
    }

    /** Codes in a 32-bit word. */
    int codesPerWord() {
        return Integer.SIZE / bits;
    }

    /** Bytes of a packed block of 32 rows: scales, minima, codes. */
    int blockBytes() {
        return codesAt() + block * bits / Byte.SIZE * Panels.ROWS;
    }

    /** Where the codes of a packed block begin. */
    int codesAt() {
        return (minimum ? 2 : 1) * Float.BYTES * Panels.ROWS;
    }

    /** Where the minima of a packed block begin. */
    int minimaAt() {
        return Float.BYTES * Panels.ROWS;
    }

    /**
     * Returns the factors of activations with which {@link OneRowKernel} can leave a quantised value at its place among four of
     * a word. The highest byte is shifted down all the same, to lose the sign.
     */
    float[] factors() {
        return bits == 4 && table == null ? FACTORS_4 : FACTORS_8; // out of a table come bytes
    }
}
