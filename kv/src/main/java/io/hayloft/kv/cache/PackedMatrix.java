package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * How a matrix of small unsigned numbers, quantised values, is packed: a 32-bit word belongs to one lane and holds 16, 8
 * or 4 consecutive rows, the first in the lowest bits; the words of all lanes lie side by side.
 */
final class PackedMatrix {
    private static final int LANES = VectorWidth.LANES;

    private final int bits;
    private final int lanes;
    private final int rowShift; // a word holds 2^rowShift rows
    private final int paddedRows;
    private final int bytes;

    /** A form for numbers of 2, 4 or 8 bits. */
    PackedMatrix(int bits, int rows, int lanes) {
        this.bits = checked(bits);
        this.lanes = lanes;
        this.rowShift = Integer.numberOfTrailingZeros(Integer.SIZE / bits);
        int words = (rows + (1 << rowShift) - 1) >> rowShift;
        this.paddedRows = words << rowShift;
        this.bytes = words * lanes * Integer.BYTES;
    }

    /** The width of a quantised value, if there is a form for it. */
    static int checked(int bits) {
        if (bits != 2 && bits != 4 && bits != 8) {
            throw new IllegalArgumentException(bits + " bits; values are packed with 2, 4 or 8");
        }
        return bits;
    }

    int bits() {
        return bits;
    }

    /** Rows, rounded up to whole words. */
    int paddedRows() {
        return paddedRows;
    }

    int bytes() {
        return bytes;
    }

    private long word(int row, int lane) {
        return (long) Integer.BYTES * ((row >> rowShift) * lanes + lane);
    }

    /** Byte of the first lane's word that holds a row. */
    long rowAt(int row) {
        return word(row, 0);
    }

    private int shift(int row) {
        return (row & (1 << rowShift) - 1) * bits;
    }

    int get(MemorySegment m, long at, int row, int lane) {
        int word = m.get(ValueLayout.JAVA_INT, at + word(row, lane));
        return word >>> shift(row) & (1 << bits) - 1;
    }

    void set(MemorySegment m, long at, int row, int lane, int value) {
        int shift = shift(row);
        int word = m.get(ValueLayout.JAVA_INT, at + word(row, lane));
        m.set(ValueLayout.JAVA_INT, at + word(row, lane), (word & ~(((1 << bits) - 1) << shift)) | (value << shift));
    }

    /** Sets the numbers of one row in consecutive lanes. */
    void setRow(MemorySegment m, long at, int row, int lane, int[] values, int from, int count) {
        int shift = shift(row);
        int others = ~(((1 << bits) - 1) << shift);
        long first = at + word(row, lane);
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            long word = first + (long) Integer.BYTES * i;
            IntVector.fromMemorySegment(VectorWidth.INTS, m, word, ByteOrder.nativeOrder())
                    .and(others)
                    .or(IntVector.fromArray(VectorWidth.INTS, values, from + i).lanewise(VectorOperators.LSHL, shift))
                    .intoMemorySegment(m, word, ByteOrder.nativeOrder());
        }
        for (; i < count; i++) {
            long word = first + (long) Integer.BYTES * i;
            m.set(
                    ValueLayout.JAVA_INT,
                    word,
                    (m.get(ValueLayout.JAVA_INT, word) & others) | (values[from + i] << shift));
        }
    }

    /** Sets the numbers of one lane in consecutive rows, from the first row of a word on; fills the last word with zeros. */
    void setLane(MemorySegment m, long at, int row, int lane, int[] values, int count) {
        for (int first = 0; first < count; first += 1 << rowShift) {
            int word = 0;
            for (int i = Math.min(count, first + (1 << rowShift)) - 1; i >= first; i--) {
                word = word << bits | values[i];
            }
            m.set(ValueLayout.JAVA_INT, at + word(row + first, lane), word);
        }
    }

    /**
     * Writes the numbers as floats.
     *
     * @param rows how many rows, from the first
     * @param count how many lanes from this one, a multiple of 16
     * @param dst [rows][stride]
     */
    void expand(MemorySegment m, long at, int rows, int lane, int count, float[] dst, int dstAt, int stride) {
        int mask = (1 << bits) - 1;
        for (int first = 0; first < rows; first += 1 << rowShift) {
            int end = Math.min(rows, first + (1 << rowShift));
            for (int i = 0; i < count; i += LANES) {
                var words = IntVector.fromMemorySegment(
                        VectorWidth.INTS, m, at + word(first, lane + i), ByteOrder.nativeOrder());
                for (int row = first; row < end; row++) {
                    ((FloatVector) words.and(mask).convert(VectorOperators.I2F, 0))
                            .intoArray(dst, dstAt + row * stride + i);
                    words = words.lanewise(VectorOperators.LSHR, bits);
                }
            }
        }
    }
}
