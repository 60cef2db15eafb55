package io.hayloft.engine.kernel;

import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.tensor.TensorType;
import io.hayloft.engine.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Panels of 16-bit floats, f16 or bf16: {@code [panel][k / 2][32]} words of 32 bits, word = row, the even k in the low
 * half. For an odd number of columns the last high halves are zero and never read.
 *
 * <p>An f16 becomes an f32 by moving its bits and multiplying by 2¹¹², which is exact, subnormals included; infinities
 * and NaNs do not survive, so {@link #pack} refuses them.
 */
record HalfPanels(MemorySegment data, int columns, boolean brain) implements Panels {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int L = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * L;
    private static final int EXPONENT = 0x7C00;
    private static final int HIGH_HALF = 0xFFFF0000;

    /** Bits of an f16 that has been moved three to the right of the top: sign, five low bits of exponent, mantissa. */
    private static final int MOVED = 0x8FFFE000;

    private static final float UNMOVE = 0x1p112f;

    /** Packs rows of F16 or BF16; null when an element is not finite. */
    static @Nullable HalfPanels pack(WeightRows rows, NativeMemory memory, WorkerPool pool) {
        boolean brain = rows.tensor().type() == TensorType.BF16;
        if (!brain && !finite(rows)) {
            return null;
        }
        int panels = (rows.rows() + ROWS - 1) / ROWS;
        var packed = new HalfPanels(memory.allocate(panels * panelBytes(rows.columns())), rows.columns(), brain);
        pool.run(panels, (panel, worker) -> packed.fill(panel, rows));
        return packed;
    }

    private static long panelBytes(int columns) {
        return (columns + 1L) / 2 * STEP;
    }

    private static boolean finite(WeightRows rows) {
        var source = rows.tensor().data();
        for (int r = 0; r < rows.rows(); r++) {
            long at = rows.sourceRow(r) * rows.tensor().rowBytes();
            for (int k = 0; k < rows.columns(); k++) {
                if ((source.get(SHORT, at + 2L * k) & EXPONENT) == EXPONENT) {
                    return false;
                }
            }
        }
        return true;
    }

    private void fill(int panel, WeightRows rows) {
        var source = rows.tensor().data();
        for (int r = 0; r < Math.min(ROWS, rows.rows() - panel * ROWS); r++) {
            long from = rows.sourceRow(panel * ROWS + r) * rows.tensor().rowBytes();
            long to = panel * panelBytes(columns) + 4L * r;
            for (int k = 0; k < columns; k++) {
                data.set(SHORT, to + (k >> 1) * STEP + 2 * (k & 1), source.get(SHORT, from + 2L * k));
            }
        }
    }

    @Override
    public long bytes() {
        return data.byteSize();
    }

    @Override
    public int granularity() {
        return 2;
    }

    @Override
    public void expand(int panel, int from, int count, float[] dst) {
        long at = panel * panelBytes(columns) + (from >> 1) * STEP;
        for (int k = 0; k < count; k += 2, at += STEP) {
            for (int lane = 0; lane < ROWS; lane += L) {
                var w = IntVector.fromMemorySegment(I, data, at + 4L * lane, ORDER);
                low(w).intoArray(dst, k * ROWS + lane);
                if (k + 1 < count) {
                    high(w).intoArray(dst, (k + 1) * ROWS + lane);
                }
            }
        }
    }

    private FloatVector low(IntVector w) {
        var top = w.lanewise(VectorOperators.LSHL, 16);
        return brain
                ? top.reinterpretAsFloats()
                : top.lanewise(VectorOperators.ASHR, 3)
                        .and(MOVED)
                        .reinterpretAsFloats()
                        .mul(UNMOVE);
    }

    private FloatVector high(IntVector w) {
        return brain
                ? w.and(HIGH_HALF).reinterpretAsFloats()
                : w.lanewise(VectorOperators.ASHR, 3)
                        .and(MOVED)
                        .reinterpretAsFloats()
                        .mul(UNMOVE);
    }

    @Override
    public Activations prepare(float[] x, int rows, WorkerPool pool) {
        return new Activations(x, columns, x, 0);
    }

    @Override
    public void multiply(int panel, Activations x, int row, float[] y, int yAt) {
        long pair = Panels.pairDistance(panel, panelBytes(columns), bytes());
        for (int lane = 0; lane < ROWS; lane += LANE_STEP) {
            long at = panel * panelBytes(columns) + 4L * lane;
            if (brain) {
                multiplyBrain(at, pair, x.x(), row * columns, y, yAt + lane);
            } else {
                multiplyHalf(at, pair, x.x(), row * columns, y, yAt + lane);
            }
        }
    }

    private void multiplyHalf(long at, long pair, float[] x, int xAt, float[] y, int yAt) {
        var a0 = FloatVector.zero(F);
        var a1 = a0;
        var a2 = a0;
        var a3 = a0;
        for (int k = 0; k < columns; k += 2, at += STEP) {
            var u0 = IntVector.fromMemorySegment(I, data, at, ORDER);
            var u1 = IntVector.fromMemorySegment(I, data, at + VECTOR, ORDER);
            var u2 = IntVector.fromMemorySegment(I, data, at + pair, ORDER);
            var u3 = IntVector.fromMemorySegment(I, data, at + pair + VECTOR, ORDER);
            var t = FloatVector.broadcast(F, x[xAt + k]);
            a0 = u0.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(MOVED)
                    .reinterpretAsFloats()
                    .mul(UNMOVE)
                    .fma(t, a0);
            a1 = u1.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(MOVED)
                    .reinterpretAsFloats()
                    .mul(UNMOVE)
                    .fma(t, a1);
            a2 = u2.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(MOVED)
                    .reinterpretAsFloats()
                    .mul(UNMOVE)
                    .fma(t, a2);
            a3 = u3.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(MOVED)
                    .reinterpretAsFloats()
                    .mul(UNMOVE)
                    .fma(t, a3);
            if (k + 1 < columns) {
                t = FloatVector.broadcast(F, x[xAt + k + 1]);
                a0 = u0.lanewise(VectorOperators.ASHR, 3)
                        .and(MOVED)
                        .reinterpretAsFloats()
                        .mul(UNMOVE)
                        .fma(t, a0);
                a1 = u1.lanewise(VectorOperators.ASHR, 3)
                        .and(MOVED)
                        .reinterpretAsFloats()
                        .mul(UNMOVE)
                        .fma(t, a1);
                a2 = u2.lanewise(VectorOperators.ASHR, 3)
                        .and(MOVED)
                        .reinterpretAsFloats()
                        .mul(UNMOVE)
                        .fma(t, a2);
                a3 = u3.lanewise(VectorOperators.ASHR, 3)
                        .and(MOVED)
                        .reinterpretAsFloats()
                        .mul(UNMOVE)
                        .fma(t, a3);
            }
        }
        a0.intoArray(y, yAt);
        a1.intoArray(y, yAt + L);
        a2.intoArray(y, yAt + PAIR_RESULTS);
        a3.intoArray(y, yAt + PAIR_RESULTS + L);
    }

    private void multiplyBrain(long at, long pair, float[] x, int xAt, float[] y, int yAt) {
        var a0 = FloatVector.zero(F);
        var a1 = a0;
        var a2 = a0;
        var a3 = a0;
        for (int k = 0; k < columns; k += 2, at += STEP) {
            var u0 = IntVector.fromMemorySegment(I, data, at, ORDER);
            var u1 = IntVector.fromMemorySegment(I, data, at + VECTOR, ORDER);
            var u2 = IntVector.fromMemorySegment(I, data, at + pair, ORDER);
            var u3 = IntVector.fromMemorySegment(I, data, at + pair + VECTOR, ORDER);
            var t = FloatVector.broadcast(F, x[xAt + k]);
            a0 = u0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a0);
            a1 = u1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a1);
            a2 = u2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a2);
            a3 = u3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a3);
            if (k + 1 < columns) {
                t = FloatVector.broadcast(F, x[xAt + k + 1]);
                a0 = u0.and(HIGH_HALF).reinterpretAsFloats().fma(t, a0);
                a1 = u1.and(HIGH_HALF).reinterpretAsFloats().fma(t, a1);
                a2 = u2.and(HIGH_HALF).reinterpretAsFloats().fma(t, a2);
                a3 = u3.and(HIGH_HALF).reinterpretAsFloats().fma(t, a3);
            }
        }
        a0.intoArray(y, yAt);
        a1.intoArray(y, yAt + L);
        a2.intoArray(y, yAt + PAIR_RESULTS);
        a3.intoArray(y, yAt + PAIR_RESULTS + L);
    }
}
