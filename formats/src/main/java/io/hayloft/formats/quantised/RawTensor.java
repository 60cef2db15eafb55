package io.hayloft.formats.quantised;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A tensor of any element type as it lies in a safetensors file.
 *
 * @param dtype its element type as the file spells it, such as {@code I32}
 * @param shape sizes, outermost first; row-major
 * @param data its bytes
 */
public record RawTensor(String name, String dtype, long[] shape, MemorySegment data) {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Size of a dimension; 1 beyond the last. */
    long size(int dimension) {
        return dimension < shape.length ? shape[dimension] : 1;
    }

    /** Number of elements. */
    long elements() {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        return elements;
    }

    boolean hasShape(long rows, long columns) {
        return shape.length == 2 && shape[0] == rows && shape[1] == columns;
    }

    /** Whether 32-bit floats hold products of an element and a whole number of 9 bits exactly. */
    boolean isShortFloat() {
        return dtype.equals("F16") || dtype.equals("BF16");
    }

    /** Whether {@link #number} reads elements of this type. */
    boolean isFloat() {
        return isShortFloat() || dtype.equals("F32") || dtype.equals("F8_E8M0");
    }

    /** An element of a tensor of floats. */
    float number(long i) {
        return switch (dtype) {
            case "F32" -> Float.intBitsToFloat(word(i));
            case "F16" -> Float.float16ToFloat(data.get(SHORT, 2 * i));
            case "BF16" -> Float.intBitsToFloat(data.get(SHORT, 2 * i) << 16);
            case "F8_E8M0" -> powerOfTwo(data.get(ValueLayout.JAVA_BYTE, i) & 0xFF);
            default -> throw new IllegalStateException(name + " is not a tensor of floats");
        };
    }

    /** {@code 2^(exponent - 127)} (OCP Microscaling Formats v1.0, 5.4.1). */
    private static float powerOfTwo(int exponent) {
        return exponent == 255 ? Float.NaN : Math.scalb(1f, exponent - 127);
    }

    /** An element of 32 bits. */
    int word(long i) {
        return data.get(INT, 4 * i);
    }

    /** An element of 8 bits. */
    byte octet(long i) {
        return data.get(ValueLayout.JAVA_BYTE, i);
    }
}
