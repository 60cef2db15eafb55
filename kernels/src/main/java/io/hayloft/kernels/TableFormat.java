package io.hayloft.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The numbers that packed values of 4 bits are places in. In a word of 32 bits the low half of byte {@code i} is the place of
 * element {@code i}, the high half that of element {@code i + 4}: one vector instruction looks up the bytes of either half.
 *
 * @param vector the 16 numbers, unsigned bytes, at the start of a vector of any width
 */
record TableFormat(byte[] vector) {
    /** The low halves of the bytes of a word. */
    static final int LOW = 0x0F0F0F0F;

    /** Whether this processor looks up bytes of the widest vectors; the JDK takes a hundred times as long where it does not. */
    static final boolean FAST = VectorWidth.BITS < 512 || looksUpBytes();

    private static final int ENTRIES = 16;
    private static final int WIDEST = 64;

    /** The table with every number moved up to be unsigned. */
    static TableFormat of(byte[] values, int offset) {
        var vector = new byte[WIDEST];
        for (int i = 0; i < ENTRIES; i++) {
            vector[i] = (byte) (values[i] + offset);
        }
        return new TableFormat(vector);
    }

    /** The place of each unsigned byte. */
    byte[] places() {
        var places = new byte[1 << Byte.SIZE];
        for (int i = 0; i < ENTRIES; i++) {
            places[vector[i] & 0xFF] = (byte) i;
        }
        return places;
    }

    /** AVX-512 has it since VBMI. Where there is no such file, nobody says so. */
    private static boolean looksUpBytes() {
        var file = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(file) && Files.readString(file).contains("avx512vbmi");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
