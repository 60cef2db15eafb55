package io.hayloft.engine.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix of small unsigned codes: a 32-bit word belongs to one lane and holds 16, 8 or 4 consecutive rows, the first in
 * the lowest bits; the words of all lanes lie side by side.
 */
final class Codes {
    private final int bits;
    private final int lanes;
    private final int rowsOfWord;
    private final int paddedRows;
    private final int bytes;

    /** Codes of 2, 4 or 8 bits. */
    Codes(int bits, int rows, int lanes) {
        this.bits = bits;
        this.lanes = lanes;
        this.rowsOfWord = Integer.SIZE / bits;
        this.paddedRows = (rows + rowsOfWord - 1) / rowsOfWord * rowsOfWord;
        this.bytes = paddedRows / rowsOfWord * lanes * Integer.BYTES;
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
        return (long) Integer.BYTES * (row / rowsOfWord * lanes + lane);
    }

    int get(MemorySegment m, long at, int row, int lane) {
        int word = m.get(ValueLayout.JAVA_INT, at + word(row, lane));
        return word >>> row % rowsOfWord * bits & (1 << bits) - 1;
    }

    void set(MemorySegment m, long at, int row, int lane, int code) {
        int shift = row % rowsOfWord * bits;
        int word = m.get(ValueLayout.JAVA_INT, at + word(row, lane));
        m.set(ValueLayout.JAVA_INT, at + word(row, lane), word & ~((1 << bits) - 1 << shift) | code << shift);
    }
}
