package io.hayloft.engine.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix of small unsigned codes: a 32-bit word belongs to one lane and holds 16, 8 or 4 consecutive rows, the first in
 * the lowest bits; the words of all lanes lie side by side.
 */
record Codes(int bits, int rows, int lanes) {
    /** Rows that share a word. */
    int rowsOfWord() {
        return Integer.SIZE / bits;
    }

    /** Rows, rounded up to whole words. */
    int paddedRows() {
        return (rows + rowsOfWord() - 1) / rowsOfWord() * rowsOfWord();
    }

    int bytes() {
        return paddedRows() / rowsOfWord() * lanes * Integer.BYTES;
    }

    private long word(int row, int lane) {
        return (long) Integer.BYTES * (row / rowsOfWord() * lanes + lane);
    }

    int get(MemorySegment m, long at, int row, int lane) {
        int word = m.get(ValueLayout.JAVA_INT, at + word(row, lane));
        return word >>> row % rowsOfWord() * bits & (1 << bits) - 1;
    }

    void set(MemorySegment m, long at, int row, int lane, int code) {
        int shift = row % rowsOfWord() * bits;
        int word = m.get(ValueLayout.JAVA_INT, at + word(row, lane));
        m.set(ValueLayout.JAVA_INT, at + word(row, lane), word & ~((1 << bits) - 1 << shift) | code << shift);
    }
}
