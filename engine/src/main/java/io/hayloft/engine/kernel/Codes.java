package io.hayloft.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
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

    /**
     * Turns a block into weights {@code [block][32]} from {@code to}, with the roundings of the file format's definition.
     *
     * @param at byte at which the packed block begins
     */
    static void expand(MemorySegment w, long at, CodeFormat format, float[] dst, int to) {
        if (format.bits() == 4) {
            if (format.minimum()) {
                expand4WithMinimum(w, at, format, dst, to);
            } else {
                expand4(w, at, format, dst, to);
            }
        } else if (format.minimum()) {
            expand8WithMinimum(w, at, format, dst, to);
        } else {
            expand8(w, at, format, dst, to);
        }
    }

    private static void expand8(MemorySegment w, long at, CodeFormat format, float[] dst, int to) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            long p = at + format.codesAt() + 4L * lane;
            int i = to + lane;
            for (int k = 0; k < format.block(); k += 4, p += STEP, i += 4 * ROWS) {
                var u = IntVector.fromMemorySegment(I, w, p, ORDER);
                floats(u.and(0xFF)).sub(format.offset()).mul(scale).intoArray(dst, i);
                floats(u.lanewise(VectorOperators.LSHR, 8).and(0xFF))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 16).and(0xFF))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 2 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 24))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 3 * ROWS);
            }
        }
    }

    private static void expand8WithMinimum(MemorySegment w, long at, CodeFormat format, float[] dst, int to) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            var minimum = FloatVector.fromMemorySegment(F, w, at + format.minimaAt() + 4L * lane, ORDER);
            long p = at + format.codesAt() + 4L * lane;
            int i = to + lane;
            for (int k = 0; k < format.block(); k += 4, p += STEP, i += 4 * ROWS) {
                var u = IntVector.fromMemorySegment(I, w, p, ORDER);
                floats(u.and(0xFF)).mul(scale).add(minimum).intoArray(dst, i);
                floats(u.lanewise(VectorOperators.LSHR, 8).and(0xFF))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 16).and(0xFF))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 2 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 24))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 3 * ROWS);
            }
        }
    }

    private static void expand4(MemorySegment w, long at, CodeFormat format, float[] dst, int to) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            long p = at + format.codesAt() + 4L * lane;
            int i = to + lane;
            for (int k = 0; k < format.block(); k += 8, p += STEP, i += 8 * ROWS) {
                var u = IntVector.fromMemorySegment(I, w, p, ORDER);
                floats(u.and(15)).sub(format.offset()).mul(scale).intoArray(dst, i);
                floats(u.lanewise(VectorOperators.LSHR, 4).and(15))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 8).and(15))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 2 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 12).and(15))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 3 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 16).and(15))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 4 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 20).and(15))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 5 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 24).and(15))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 6 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 28))
                        .sub(format.offset())
                        .mul(scale)
                        .intoArray(dst, i + 7 * ROWS);
            }
        }
    }

    private static void expand4WithMinimum(MemorySegment w, long at, CodeFormat format, float[] dst, int to) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, w, at + 4L * lane, ORDER);
            var minimum = FloatVector.fromMemorySegment(F, w, at + format.minimaAt() + 4L * lane, ORDER);
            long p = at + format.codesAt() + 4L * lane;
            int i = to + lane;
            for (int k = 0; k < format.block(); k += 8, p += STEP, i += 8 * ROWS) {
                var u = IntVector.fromMemorySegment(I, w, p, ORDER);
                floats(u.and(15)).mul(scale).add(minimum).intoArray(dst, i);
                floats(u.lanewise(VectorOperators.LSHR, 4).and(15))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 8).and(15))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 2 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 12).and(15))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 3 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 16).and(15))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 4 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 20).and(15))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 5 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 24).and(15))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 6 * ROWS);
                floats(u.lanewise(VectorOperators.LSHR, 28))
                        .mul(scale)
                        .add(minimum)
                        .intoArray(dst, i + 7 * ROWS);
            }
        }
    }

    /** Small enough to be inlined everywhere: a vector that crosses a real call would be boxed. */
    private static FloatVector floats(Vector<Integer> codes) {
        return (FloatVector) codes.convert(VectorOperators.I2F, 0);
    }
}
