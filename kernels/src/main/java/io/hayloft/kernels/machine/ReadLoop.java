package io.hayloft.kernels.machine;

import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Reads memory and does as little as possible with it. */
final class ReadLoop {
    /** Stretches are multiples of this many bytes: eight vectors of the widest kind. */
    static final int STEP = 512;

    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int BYTES = VectorWidth.BITS / Byte.SIZE;

    private ReadLoop() {}

    /**
     * The sum of all 32-bit words, with overflow.
     *
     * @param from first byte
     * @param bytes how many, a multiple of {@link #STEP}
     */
    static int sum(MemorySegment data, long from, int bytes) {
        var a = IntVector.zero(I);
        var b = IntVector.zero(I);
        var c = IntVector.zero(I);
        var d = IntVector.zero(I);
        for (int at = 0; at < bytes; at += 4 * BYTES) {
            a = a.add(IntVector.fromMemorySegment(I, data, from + at, ORDER));
            b = b.add(IntVector.fromMemorySegment(I, data, from + at + BYTES, ORDER));
            c = c.add(IntVector.fromMemorySegment(I, data, from + at + 2L * BYTES, ORDER));
            d = d.add(IntVector.fromMemorySegment(I, data, from + at + 3L * BYTES, ORDER));
        }
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }
}
