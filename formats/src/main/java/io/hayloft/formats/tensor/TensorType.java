package io.hayloft.formats.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the elements of a tensor are stored: in blocks of a fixed number of elements and bytes.
 *
 * <p>The quantised types are those of GGUF files; their layouts are described beside the code that reads them. {@link #INT4}
 * and {@link #INT8} are in no file: rows of quantised safetensors are computed in them.
 */
@SuppressWarnings("ImmutableEnumChecker") // readers hold no state
public enum TensorType {
    F32(1, 4, PlainBlocks::f32),
    F16(1, 2, PlainBlocks::f16),
    BF16(1, 2, PlainBlocks::bf16),
    Q8_0(32, 34, SmallBlocks::q8),
    Q4_0(32, 18, SmallBlocks::q4),
    Q4_1(32, 20, SmallBlocks::q4WithMinimum),
    Q5_0(32, 22, SmallBlocks::q5),
    Q5_1(32, 24, SmallBlocks::q5WithMinimum),
    Q2_K(256, 84, SuperBlocks::q2),
    Q3_K(256, 110, SuperBlocks::q3),
    Q4_K(256, 144, SuperBlocks::q4),
    Q5_K(256, 176, SuperBlocks::q5),
    Q6_K(256, 210, SuperBlocks::q6),
    IQ4_NL(32, 18, new ScaledValues(32, 128, TableBlocks.IQ4, TableBlocks::iq4)),
    IQ4_XS(256, 136, new ScaledValues(32, 128, TableBlocks.IQ4, TableBlocks::iq4Super)),
    IQ3_S(256, 110, new ScaledValues(32, 16, GridBlocks::iq3s)),
    IQ3_XXS(256, 98, new ScaledValues(32, 64, GridBlocks::iq3xxs)),
    IQ2_S(256, 82, new ScaledValues(16, 64, GridBlocks::iq2s)),
    IQ2_XS(256, 74, new ScaledValues(16, 64, GridBlocks::iq2xs)),
    IQ2_XXS(256, 66, new ScaledValues(32, 64, GridBlocks::iq2xxs)),
    IQ1_M(256, 56, new ScaledValues(16, 16, GridBlocks::iq1m)),
    IQ1_S(256, 50, new ScaledValues(32, 16, GridBlocks::iq1s)),
    MXFP4(32, 17, new ScaledValues(32, 16, TableBlocks.E2M1, TableBlocks::mxfp4)),
    NVFP4(64, 36, new ScaledValues(16, 16, TableBlocks.E2M1, TableBlocks::nvfp4)),
    TQ1_0(256, 54, new ScaledValues(32, 4, TernaryBlocks::tq1)),
    TQ2_0(256, 66, new ScaledValues(32, 4, TernaryBlocks::tq2)),
    Q1_0(128, 18, new ScaledValues(32, 4, TernaryBlocks::q1)),
    INT4(32, 24, SmallBlocks::int4),
    INT8(32, 40, SmallBlocks::int8);

    /** Turns one block at a byte offset into floats. */
    @FunctionalInterface
    interface BlockReader {
        void read(MemorySegment data, long byteOffset, float[] dst, int at);
    }

    private final int blockElements;
    private final int blockBytes;
    private final @Nullable BlockReader reader;
    private final @Nullable ScaledValues scaledValues;

    TensorType(int blockElements, int blockBytes, BlockReader reader) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.reader = reader;
        scaledValues = null;
    }

    TensorType(int blockElements, int blockBytes, ScaledValues scaledValues) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        reader = null;
        this.scaledValues = scaledValues;
    }

    /** How blocks hold whole numbers with scales; null for types with other blocks. */
    public @Nullable ScaledValues scaledValues() {
        return scaledValues;
    }

    /** Elements of a block; 1 for the plain types. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether elements are packed in blocks with a common scale. */
    public boolean isQuantised() {
        return blockElements > 1;
    }

    /**
     * Bytes of this many elements.
     *
     * @throws IllegalArgumentException if the number is negative or no multiple of the block
     * @throws ArithmeticException if the bytes do not fit a long
     */
    public long bytes(long elements) {
        if (elements < 0 || elements % blockElements != 0) {
            throw new IllegalArgumentException(
                    elements + " elements are not a whole number of " + this + " blocks of " + blockElements);
        }
        return Math.multiplyExact(elements / blockElements, (long) blockBytes);
    }

    /**
     * The values of consecutive elements: the plain definition of the format, one block at a time.
     *
     * @param data memory that holds the blocks
     * @param byteOffset where the first block begins
     * @param count elements to read, a multiple of {@link #blockElements()}
     * @param dst receives the values
     * @param at index in {@code dst} of the first value
     */
    public void dequantize(MemorySegment data, long byteOffset, int count, float[] dst, int at) {
        if (count % blockElements != 0) {
            throw new IllegalArgumentException(count + " elements are not a whole number of " + this + " blocks");
        }
        if (scaledValues != null) {
            scaledValues.dequantize(data, byteOffset, this, count, dst, at);
            return;
        }
        var blocks = Objects.requireNonNull(reader); // a type has the one or the other
        for (int done = 0; done < count; done += blockElements) {
            blocks.read(data, byteOffset, dst, at + done);
            byteOffset += blockBytes;
        }
    }
}
