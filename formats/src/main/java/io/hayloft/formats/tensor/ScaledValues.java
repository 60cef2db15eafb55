package io.hayloft.formats.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * How a block of a type holds small whole numbers: element {@code i} is {@code scales[i / part] * values[i]}, a product
 * that 32-bit floats hold exactly.
 *
 * @param part elements with one scale
 * @param bound a power of two; values are from {@code -bound} to {@code bound - 1}
 * @param table the 16 values that there are, for types whose files hold places in it; null for all others
 * @param reader takes apart one block of the file
 */
public record ScaledValues(int part, int bound, byte @Nullable [] table, Reader reader) {
    /** Without a table. */
    ScaledValues(int part, int bound, Reader reader) {
        this(part, bound, null, reader);
    }

    /** Reads the values {@code [block]} and the scales {@code [block / part]} of the block that begins at a byte. */
    @FunctionalInterface
    public interface Reader {
        void read(byte[] data, int at, byte[] values, float[] scales);
    }

    /** Writes the elements of consecutive blocks as floats; see {@link TensorType#dequantize}. */
    void dequantize(MemorySegment data, long byteOffset, TensorType type, int count, float[] dst, int to) {
        var block = new byte[type.blockBytes()];
        var values = new byte[type.blockElements()];
        var scales = new float[values.length / part];
        for (int done = 0; done < count; done += values.length, byteOffset += block.length) {
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, byteOffset, block, 0, block.length);
            reader.read(block, 0, values, scales);
            for (int i = 0; i < values.length; i++) {
                dst[to + done + i] = scales[i / part] * values[i];
            }
        }
    }

    /** The f16 number at a byte. */
    static float half(byte[] data, int at) {
        return Float.float16ToFloat((short) unsigned16(data, at));
    }

    /** The unsigned byte at a place. */
    static int unsigned(byte[] data, int at) {
        return data[at] & 0xFF;
    }

    /** The unsigned 16 bits at a byte. */
    static int unsigned16(byte[] data, int at) {
        return unsigned(data, at) | (unsigned(data, at + 1) << 8);
    }

    /** The 32 bits at a byte. */
    static int bits(byte[] data, int at) {
        return unsigned16(data, at) | (unsigned16(data, at + 2) << 16);
    }
}
