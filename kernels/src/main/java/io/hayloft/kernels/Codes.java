package io.hayloft.kernels;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Turns blocks of packed codes (see {@link CodePanels}) into floats. */
final class Codes {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final int ROWS = Panels.ROWS;
    private static final long STEP = 4L * ROWS;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Codes() {}

    /** Bytes as floats: {@code [count][32]} from {@code to}. */
    static void expand8(MemorySegment w, long at, int count, float[] dst, int to) {
        for (int k = 0; k < count; k += 4, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                var u = IntVector.fromMemorySegment(I, w, at + 4L * lane, ORDER);
                int i = to + k * ROWS + lane;
                floats(u.and(0xFF)).intoArray(dst, i);
                floats(u.lanewise(VectorOperators.LSHR, 8).and(0xFF)).intoArray(dst, i + ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 16).and(0xFF)).intoArray(dst, i + 2 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 24)).intoArray(dst, i + 3 * ROWS);
            }
        }
    }

    /** Half bytes as floats: {@code [count][32]} from {@code to}. */
    static void expand4(MemorySegment w, long at, int count, float[] dst, int to) {
        for (int k = 0; k < count; k += 8, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                var u = IntVector.fromMemorySegment(I, w, at + 4L * lane, ORDER);
                int i = to + k * ROWS + lane;
                for (int j = 0; j < 8; j++, i += ROWS) {
                    floats(u.and(15)).intoArray(dst, i);
                    u = u.lanewise(VectorOperators.LSHR, 4);
                }
            }
        }
    }

    /** The values of places in a table as floats: {@code [count][32]} from {@code to}. */
    static void expandTable(MemorySegment w, long at, TableFormat format, int count, float[] dst, int to) {
        var table = ByteVector.fromArray(VectorWidth.BYTES, format.vector(), 0);
        for (int k = 0; k < count; k += 8, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                int i = to + k * ROWS + lane;
                for (int half = 0; half < 8; half += 4) {
                    var u = IntVector.fromMemorySegment(I, w, at + 4L * lane, ORDER)
                            .lanewise(VectorOperators.LSHR, half)
                            .and(TableFormat.LOW)
                            .reinterpretAsBytes()
                            .selectFrom(table)
                            .reinterpretAsInts();
                    for (int j = 0; j < 4; j++, i += ROWS) {
                        floats(u.and(0xFF)).intoArray(dst, i);
                        u = u.lanewise(VectorOperators.LSHR, 8);
                    }
                }
            }
        }
    }

    /** Turns the codes of a block into weights, with the two roundings of the file format's definition. */
    static void applyScales(MemorySegment w, long at, CodeFormat format, float[] codes, int from) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            if (format.minimum()) {
                var minimum = FloatVector.fromMemorySegment(F, w, at + format.minimaAt() + 4L * lane, ORDER);
                for (int k = 0, i = from + lane; k < format.block(); k++, i += ROWS) {
                    FloatVector.fromArray(F, codes, i).mul(scale).add(minimum).intoArray(codes, i);
                }
            } else {
                for (int k = 0, i = from + lane; k < format.block(); k++, i += ROWS) {
                    FloatVector.fromArray(F, codes, i)
                            .sub(format.offset())
                            .mul(scale)
                            .intoArray(codes, i);
                }
            }
        }
    }

    /** Small enough to be inlined everywhere: a vector that crosses a real call would be boxed. */
    private static FloatVector floats(Vector<Integer> codes) {
        return (FloatVector) codes.convert(VectorOperators.I2F, 0);
    }
}
