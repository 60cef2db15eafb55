package io.hayloft.kernels;

import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Panels of 32-bit floats, {@code [panel][k][32]}: any type can be packed so. */
record FloatPanels(MemorySegment data, int columns) implements Panels {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ORDER);
    private static final long STEP = 4L * ROWS;
    private static final long VECTOR = 4L * VectorWidth.LANES;

    /** Packs rows of any type. */
    record Packer(WeightRows rows) implements PanelPacker {
        @Override
        public String form() {
            return "f32";
        }

        @Override
        public long panelBytes() {
            return FloatPanels.panelBytes(rows.columns());
        }

        @Override
        public void pack(int panel, int worker, MemorySegment target, long at) {
            int columns = rows.columns();
            var row = new float[columns];
            var floats = new float[Math.multiplyExact(columns, ROWS)];
            for (int r = 0; r < Math.min(ROWS, rows.rows() - panel * ROWS); r++) {
                rows.readRow(panel * ROWS + r, row, 0);
                for (int k = 0; k < columns; k++) {
                    floats[k * ROWS + r] = row[k];
                }
            }
            MemorySegment.copy(floats, 0, target, FLOAT, at, floats.length);
        }

        @Override
        public Panels over(MemorySegment data) {
            return new FloatPanels(data, rows.columns());
        }
    }

    /** Bytes of a panel. */
    static long panelBytes(int columns) {
        return STEP * columns;
    }

    @Override
    public long bytes() {
        return data.byteSize();
    }

    @Override
    public void expand(int panel, int from, int count, float[] dst) {
        MemorySegment.copy(data, FLOAT, (panel * (long) columns + from) * STEP, dst, 0, count * ROWS);
    }

    @Override
    public void multiply(int panel, int second, Input x, int row, float[] tile) {
        var xs = x.x().data();
        int xAt = x.x().at(row, 0);
        long panelBytes = STEP * columns;
        if (x.x().size(row) == 1) {
            long pair = Panels.pairDistance(panel, second, panelBytes);
            for (int lane = 0; lane < ROWS; lane += LANE_STEP) {
                multiplyOne(panel * panelBytes + 4L * lane, pair, xs, xAt, tile, lane);
            }
            return;
        }
        for (int lane = 0; lane < ROWS; lane += 2 * VectorWidth.LANES) {
            multiplyFour(panel * panelBytes + 4L * lane, xs, xAt, tile, lane);
            if (second != panel) {
                multiplyFour(second * panelBytes + 4L * lane, xs, xAt, tile, ROWS + lane);
            }
        }
    }

    private void multiplyOne(long at, long pair, float[] x, int xAt, float[] y, int yAt) {
        var a = FloatVector.zero(F);
        var b = a;
        var c = a;
        var d = a;
        for (int k = 0; k < columns; k++, at += STEP) {
            var t = FloatVector.broadcast(F, x[xAt + k]);
            a = FloatVector.fromMemorySegment(F, data, at, ORDER).fma(t, a);
            b = FloatVector.fromMemorySegment(F, data, at + VECTOR, ORDER).fma(t, b);
            c = FloatVector.fromMemorySegment(F, data, at + pair, ORDER).fma(t, c);
            d = FloatVector.fromMemorySegment(F, data, at + pair + VECTOR, ORDER)
                    .fma(t, d);
        }
        a.intoArray(y, yAt);
        b.intoArray(y, yAt + VectorWidth.LANES);
        c.intoArray(y, yAt + PAIR_RESULTS);
        d.intoArray(y, yAt + PAIR_RESULTS + VectorWidth.LANES);
    }

    private void multiplyFour(long at, float[] x, int xAt, float[] y, int yAt) {
        var a0 = FloatVector.zero(F);
        var b0 = a0;
        var a1 = FloatVector.zero(F);
        var b1 = a1;
        var a2 = FloatVector.zero(F);
        var b2 = a2;
        var a3 = FloatVector.zero(F);
        var b3 = a3;
        for (int i = xAt; i < xAt + 4 * columns; i += 4, at += STEP) {
            var c = FloatVector.fromMemorySegment(F, data, at, ORDER);
            var d = FloatVector.fromMemorySegment(F, data, at + VECTOR, ORDER);
            var t = FloatVector.broadcast(F, x[i + 0]);
            a0 = c.fma(t, a0);
            b0 = d.fma(t, b0);
            t = FloatVector.broadcast(F, x[i + 1]);
            a1 = c.fma(t, a1);
            b1 = d.fma(t, b1);
            t = FloatVector.broadcast(F, x[i + 2]);
            a2 = c.fma(t, a2);
            b2 = d.fma(t, b2);
            t = FloatVector.broadcast(F, x[i + 3]);
            a3 = c.fma(t, a3);
            b3 = d.fma(t, b3);
        }
        a0.intoArray(y, yAt + 0 * STRIDE);
        b0.intoArray(y, yAt + 0 * STRIDE + VectorWidth.LANES);
        a1.intoArray(y, yAt + 1 * STRIDE);
        b1.intoArray(y, yAt + 1 * STRIDE + VectorWidth.LANES);
        a2.intoArray(y, yAt + 2 * STRIDE);
        b2.intoArray(y, yAt + 2 * STRIDE + VectorWidth.LANES);
        a3.intoArray(y, yAt + 3 * STRIDE);
        b3.intoArray(y, yAt + 3 * STRIDE + VectorWidth.LANES);
    }
}
