package io.hayloft.kernels;

import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Panels of 16-bit floats, f16 or bf16: {@code [panel][k / 2][32]} words of 32 bits, word = row, the even k in the low
 * half. For an odd number of columns the last high halves are never read.
 *
 * <p>The kernels for f16 know no infinities and NaNs, so such weights are packed as {@link FloatPanels}.
 */
record HalfPanels(MemorySegment data, int columns, boolean brain) implements Panels {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long STEP = 4L * ROWS;
    private static final int EXPONENT = 0x7C00;

    /** Packs rows of F16 or BF16, if it is {@link #possible}. */
    record Packer(WeightRows rows) implements PanelPacker {
        private boolean brain() {
            return rows.tensor().type() == TensorType.BF16;
        }

        /** Whether the kernels can have them; reads all elements of F16. */
        boolean possible() {
            return brain() || finite();
        }

        private boolean finite() {
            var row = new short[rows.columns()];
            for (int r = 0; r < rows.rows(); r++) {
                read(r, row);
                for (short bits : row) {
                    if ((bits & EXPONENT) == EXPONENT) {
                        return false;
                    }
                }
            }
            return true;
        }

        private void read(int r, short[] row) {
            var tensor = rows.tensor();
            if (tensor.computed() == null) {
                MemorySegment.copy(tensor.data(), SHORT, rows.sourceRow(r) * tensor.rowBytes(), row, 0, row.length);
            } else {
                var bytes = new byte[Short.BYTES * row.length];
                tensor.copyRow(rows.sourceRow(r), bytes);
                MemorySegment.copy(MemorySegment.ofArray(bytes), SHORT, 0, row, 0, row.length);
            }
        }

        @Override
        public String form() {
            return brain() ? "bf16" : "f16";
        }

        @Override
        public long panelBytes() {
            return HalfPanels.panelBytes(rows.columns());
        }

        @Override
        public void pack(int panel, int worker, MemorySegment target, long at) {
            var row = new short[rows.columns()];
            var words = new int[Math.toIntExact(panelBytes() / Integer.BYTES)];
            for (int r = 0; r < Math.min(ROWS, rows.rows() - panel * ROWS); r++) {
                read(panel * ROWS + r, row);
                for (int k = 0; k < row.length; k++) {
                    int bits = row[k] & 0xFFFF;
                    words[(k >> 1) * ROWS + r] |= (k & 1) == 0 ? bits : bits << 16;
                }
            }
            MemorySegment.copy(words, 0, target, INT, at, words.length);
        }

        @Override
        public Panels over(MemorySegment data) {
            return new HalfPanels(data, rows.columns(), brain());
        }
    }

    /** Bytes of a panel. */
    static long panelBytes(int columns) {
        return (columns + 1L) / 2 * STEP;
    }

    @Override
    public long bytes() {
        return data.byteSize();
    }

    @Override
    public void expand(int panel, int from, int count, float[] dst) {
        long at = panel * panelBytes(columns) + (from >> 1) * STEP;
        if (brain) {
            BrainKernel.expand(data, at, count, dst);
        } else {
            HalfKernel.expand(data, at, count, dst);
        }
    }

    @Override
    public void multiply(int panel, int second, Input x, int row, float[] tile) {
        var xs = x.x().data();
        int xAt = x.x().at(row, 0);
        if (x.x().size(row) == 1) {
            long pair = Panels.pairDistance(panel, second, panelBytes(columns));
            for (int lane = 0; lane < ROWS; lane += LANE_STEP) {
                oneRow(panel * panelBytes(columns) + 4L * lane, pair, xs, xAt, tile, lane);
            }
            return;
        }
        multiplyFour(panel, xs, xAt, tile, 0);
        if (second != panel) {
            multiplyFour(second, xs, xAt, tile, ROWS);
        }
    }

    private void multiplyFour(int panel, float[] x, int xAt, float[] tile, int to) {
        for (int lane = 0; lane < ROWS; lane += 2 * VectorWidth.LANES) {
            fourRows(panel * panelBytes(columns) + 4L * lane, x, xAt, tile, to + lane);
        }
    }

    private void oneRow(long at, long pair, float[] x, int xAt, float[] y, int yAt) {
        if (brain) {
            BrainKernel.oneRow(data, at, pair, columns, x, xAt, y, yAt);
        } else {
            HalfKernel.oneRow(data, at, pair, columns, x, xAt, y, yAt);
        }
    }

    private void fourRows(long at, float[] x, int xAt, float[] y, int yAt) {
        if (brain) {
            BrainKernel.fourRows(data, at, columns, x, xAt, y, yAt);
        } else {
            HalfKernel.fourRows(data, at, columns, x, xAt, y, yAt);
        }
    }
}
