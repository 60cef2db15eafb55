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
     * Turns blocks into weights {@code [count][32]}, with the roundings of the file format's definition. One loop over all
     * words of a lane: the JIT compiler makes little of short ones.
     *
     * @param at byte at which the first packed block begins
     * @param count elements of k, a multiple of the block
     */
    static void expand(MemorySegment w, long at, CodeFormat format, int count, float[] dst) {
        if (format.bits() == 4) {
            if (format.minimum()) {
                expand4WithMinimum(w, at, format, count, dst);
            } else {
                expand4(w, at, format, count, dst);
            }
        } else if (format.minimum()) {
            expand8WithMinimum(w, at, format, count, dst);
        } else {
            expand8(w, at, format, count, dst);
        }
    }

    private static void expand8(MemorySegment w, long at, CodeFormat format, int count, float[] dst) {
        int words = count / 4;
        int shift = Integer.numberOfTrailingZeros(format.block() / 4);
        int last = (1 << shift) - 1;
        for (int lane = 0; lane < ROWS; lane += L) {
            for (int word = 0; word < words; word++) {
                long block = at + 4L * lane + (long) (word >> shift) * format.blockBytes();
                var u = IntVector.fromMemorySegment(I, w, block + format.codesAt() + (word & last) * STEP, ORDER);
                var scale = FloatVector.fromMemorySegment(F, w, block, ORDER);
                int i = lane + word * 4 * ROWS;
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

    private static void expand8WithMinimum(MemorySegment w, long at, CodeFormat format, int count, float[] dst) {
        int words = count / 4;
        int shift = Integer.numberOfTrailingZeros(format.block() / 4);
        int last = (1 << shift) - 1;
        for (int lane = 0; lane < ROWS; lane += L) {
            for (int word = 0; word < words; word++) {
                long block = at + 4L * lane + (long) (word >> shift) * format.blockBytes();
                var u = IntVector.fromMemorySegment(I, w, block + format.codesAt() + (word & last) * STEP, ORDER);
                var scale = FloatVector.fromMemorySegment(F, w, block, ORDER);
                var minimum = FloatVector.fromMemorySegment(F, w, block + format.minimaAt(), ORDER);
                int i = lane + word * 4 * ROWS;
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

    private static void expand4(MemorySegment w, long at, CodeFormat format, int count, float[] dst) {
        int words = count / 8;
        int shift = Integer.numberOfTrailingZeros(format.block() / 8);
        int last = (1 << shift) - 1;
        for (int lane = 0; lane < ROWS; lane += L) {
            for (int word = 0; word < words; word++) {
                long block = at + 4L * lane + (long) (word >> shift) * format.blockBytes();
                var u = IntVector.fromMemorySegment(I, w, block + format.codesAt() + (word & last) * STEP, ORDER);
                var scale = FloatVector.fromMemorySegment(F, w, block, ORDER);
                int i = lane + word * 8 * ROWS;
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

    private static void expand4WithMinimum(MemorySegment w, long at, CodeFormat format, int count, float[] dst) {
        int words = count / 8;
        int shift = Integer.numberOfTrailingZeros(format.block() / 8);
        int last = (1 << shift) - 1;
        for (int lane = 0; lane < ROWS; lane += L) {
            for (int word = 0; word < words; word++) {
                long block = at + 4L * lane + (long) (word >> shift) * format.blockBytes();
                var u = IntVector.fromMemorySegment(I, w, block + format.codesAt() + (word & last) * STEP, ORDER);
                var scale = FloatVector.fromMemorySegment(F, w, block, ORDER);
                var minimum = FloatVector.fromMemorySegment(F, w, block + format.minimaAt(), ORDER);
                int i = lane + word * 8 * ROWS;
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
