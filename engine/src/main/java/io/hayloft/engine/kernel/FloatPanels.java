package io.hayloft.engine.kernel;

import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.tensor.WeightRows;
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

    static FloatPanels pack(WeightRows rows, NativeMemory memory, WorkerPool pool) {
        int columns = rows.columns();
        int panels = (rows.rows() + ROWS - 1) / ROWS;
        var data = memory.allocate(Math.multiplyExact(panels * STEP, columns));
        pool.run(panels, (panel, worker) -> {
            var row = new float[columns];
            for (int r = 0; r < Math.min(ROWS, rows.rows() - panel * ROWS); r++) {
                rows.readRow(panel * ROWS + r, row, 0);
                long at = panel * STEP * columns + 4L * r;
                for (int k = 0; k < columns; k++) {
                    data.set(FLOAT, at + k * STEP, row[k]);
                }
            }
        });
        return new FloatPanels(data, columns);
    }

    @Override
    public long bytes() {
        return data.byteSize();
    }

    @Override
    public int granularity() {
        return 1;
    }

    @Override
    public void expand(int panel, int from, int count, float[] dst) {
        MemorySegment.copy(data, FLOAT, (panel * (long) columns + from) * STEP, dst, 0, count * ROWS);
    }

    @Override
    public Activations prepare(float[] x, int rows, WorkerPool pool) {
        return new Activations(x, columns, x, 0);
    }

    @Override
    public void multiply(int panel, Activations x, int row, float[] y, int yAt) {
        long pair = Panels.pairDistance(panel, STEP * columns, bytes());
        for (int lane = 0; lane < ROWS; lane += LANE_STEP) {
            multiply(panel * STEP * columns + 4L * lane, pair, x.x(), row * columns, y, yAt + lane);
        }
    }

    private void multiply(long at, long pair, float[] x, int xAt, float[] y, int yAt) {
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
}
