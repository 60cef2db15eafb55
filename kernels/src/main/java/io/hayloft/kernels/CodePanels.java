package io.hayloft.kernels;

import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Panels of quantised weights: {@code [panel][block]}, a block being 32 scales, 32 minima where the type has them, and
 * quantised values {@code [k / values per word][32]} in words of 32 bits, word = row, ascending k from the lowest bits (places
 * in a table lie as {@link TableFormat} says).
 *
 * <p>Kernels multiply activations by quantised values as whole numbers, one chain per block, and apply scale and minimum once per block.
 */
record CodePanels(CodeFormat format, MemorySegment data, int columns) implements Panels {
    /** Packs them. */
    record Packer(CodeFormat format, WeightRows rows, CodePacker[] ofWorkers) implements PanelPacker {
        Packer(CodeFormat format, WeightRows rows, int workers) {
            this(format, rows, new CodePacker[workers]);
        }

        @Override
        public String form() {
            return (format.table() == null ? "values" : "places") + " of " + format.bits() + " bits in blocks of "
                    + format.block() + ", " + (format.minimum() ? "minimum" : "offset " + format.offset());
        }

        @Override
        public long panelBytes() {
            return (long) rows.columns() / format.block() * format.blockBytes();
        }

        @Override
        public void pack(int panel, int worker, MemorySegment target, long at) {
            if (ofWorkers[worker] == null) {
                ofWorkers[worker] = new CodePacker(format, rows);
            }
            ofWorkers[worker].pack(panel, target, at);
        }

        @Override
        public Panels over(MemorySegment data) {
            return new CodePanels(format, data, rows.columns());
        }
    }

    /** Blocks of a row. */
    int blocks() {
        return columns / format.block();
    }

    /** Byte at which a block of a panel begins; its scales are first. */
    long blockAt(int panel, int block) {
        return ((long) panel * blocks() + block) * format.blockBytes();
    }

    @Override
    public long bytes() {
        return data.byteSize();
    }

    @Override
    public void expand(int panel, int from, int count, float[] dst) {
        for (int k = 0; k < count; k += format.block()) {
            long at = blockAt(panel, (from + k) / format.block());
            expandCodes(at, dst, k * ROWS);
            Codes.applyScales(data, at, format, dst, k * ROWS);
        }
    }

    @Override
    public JoinedTasks.Part manyRows(Input x, int outputs, float[] y, WorkerPool pool) {
        return new BlockTileRun(this, x, outputs, y, pool);
    }

    /** Writes the quantised values of a block as floats {@code [block][32]} from {@code to}. */
    void expandCodes(long at, float[] dst, int to) {
        if (format.table() != null) {
            Codes.expandTable(data, at + format.codesAt(), format.table(), format.block(), dst, to);
        } else if (format.bits() == 4) {
            Codes.expand4(data, at + format.codesAt(), format.block(), dst, to);
        } else {
            Codes.expand8(data, at + format.codesAt(), format.block(), dst, to);
        }
    }

    @Override
    public RowGroups.Sizes groups() {
        return VectorWidth.BITS == 512 ? RowGroups.Sizes.EIGHT : RowGroups.Sizes.FOUR;
    }

    @Override
    public float[] factors() {
        return format.factors();
    }

    @Override
    public int block() {
        return format.block();
    }

    @Override
    public void multiply(int panel, int second, Input x, int row, float[] tile) {
        Arrays.fill(tile, 0, x.x().size(row) * STRIDE, 0f);
        if (x.x().size(row) == 1) {
            multiplyOne(panel, second, x, row, tile);
        } else {
            multiplyGroup(panel, x, row, tile, 0);
            if (second != panel) {
                multiplyGroup(second, x, row, tile, ROWS);
            }
        }
    }

    private void multiplyOne(int panel, int second, Input x, int row, float[] tile) {
        long at = blockAt(panel, 0);
        long pair = Panels.pairDistance(panel, second, blockAt(1, 0));
        int xAt = x.x().at(row, 0);
        int sumsAt = x.sums().at(row, 0);
        for (int lane = 0; lane < ROWS; lane += LANE_STEP) {
            OneRowKernel.multiply(
                    data,
                    at + 4L * lane,
                    pair,
                    format,
                    x.x().data(),
                    xAt,
                    x.sums().data(),
                    sumsAt,
                    blocks(),
                    tile,
                    lane);
        }
    }

    private void multiplyGroup(int panel, Input input, int row, float[] tile, int to) {
        var x = input.x().data();
        var sums = input.sums().data();
        int xAt = input.x().at(row, 0);
        int sumsAt = input.sums().at(row, 0);
        boolean eight = input.x().size(row) == 8;
        for (int lane = 0; lane < ROWS; lane += 2 * VectorWidth.LANES) {
            long at = blockAt(panel, 0) + 4L * lane;
            if (format.table() != null && eight) {
                EightRowTableKernel.multiply(data, at, format, x, xAt, sums, sumsAt, blocks(), tile, to + lane);
            } else if (format.table() != null) {
                FourRowTableKernel.multiply(data, at, format, x, xAt, sums, sumsAt, blocks(), tile, to + lane);
            } else if (eight) {
                EightRowKernel.multiply(data, at, format, x, xAt, sums, sumsAt, blocks(), tile, to + lane);
            } else {
                FourRowKernel.multiply(data, at, format, x, xAt, sums, sumsAt, blocks(), tile, to + lane);
            }
        }
    }
}
