package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.ROWS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product of many rows by packed weights, with the arithmetic of {@link OneRowKernel}: of each block one chain of
 * activations and quantised values as whole numbers, then its scale and minimum. The quantised values are turned into
 * floats once for all rows of a task, and multiplied by register tiles.
 */
final class BlockTileRun implements JoinedTasks.Part {
    /** Quantised values of a row that are floats at once, a multiple of every block size: they stay in the second-level cache. */
    private static final int DEPTH = 512;

    /** Rows of a task at most: their activations of that depth stay in the second-level cache, too. */
    private static final int TASK_ROWS = 192;

    /** Rows of a group that {@link BlockTile6} does not do. */
    private static final int MOST_IN_GROUP = 4;

    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

    private final CodePanels panels;
    private final CodeFormat format;
    private final MemorySegment data;
    private final RowGroups x;
    private final RowGroups sums;
    private final int outputs;
    private final float[] y;
    private final Workspace space;
    private final PanelCut cut;
    private final Shares shares;
    private final int tasks;

    /**
     * A product to be run.
     *
     * @param input activations and sums of blocks, in groups for tiles
     * @param outputs length of an output row
     * @param y receives {@code [rows][outputs]}
     */
    BlockTileRun(CodePanels panels, Panels.Input input, int outputs, float[] y, WorkerPool pool) {
        this.panels = panels;
        this.format = panels.format();
        this.data = panels.data();
        this.x = input.x();
        this.sums = input.sums();
        this.outputs = outputs;
        this.y = y;
        space = pool.workspace();
        cut = PanelCut.of(outputs, panels.bytes(), pool.threads());
        int rowTasks = (x.rows() + TASK_ROWS - 1) / TASK_ROWS;
        shares = space.tasks.shares().ofTasksEach(cut, rowTasks);
        tasks = cut.panels() * rowTasks;
    }

    @Override
    public int tasks() {
        return tasks;
    }

    /** Does one task, of the worker's own share of the panels if one is left: the index only counts them. */
    @Override
    public void run(int index, int worker) {
        long taken = shares.take(worker);
        int share = Shares.share(taken);
        int task = shares.place(taken);
        int panel = cut.panel(share, task);
        int firstRow = cut.placeInPanel(share, task) * TASK_ROWS;
        int end = Math.min(firstRow + TASK_ROWS, x.rows());
        int size = x.sizes().padded(end - firstRow) * ROWS;
        var tile = space.tile(worker).ofSize(size + MOST_IN_GROUP * ROWS); // the chains of a group behind the results
        Arrays.fill(tile, 0, size, 0f);
        var weights = space.panel(worker).ofSize(DEPTH * ROWS + DEPTH / format.block() * 2 * ROWS);
        var blocks = new BlockTile6.Blocks();
        for (int k = 0; k < x.columns(); k += DEPTH) {
            int count = Math.min(DEPTH, x.columns() - k);
            expand(panel, k, count, weights);
            for (int row = firstRow; row < end; row += x.size(row)) {
                if (x.size(row) == 12) {
                    addTwelve(blocks, k, count, row, weights, tile, (row - firstRow) * ROWS);
                } else {
                    add(panel, k, count, row, weights, tile, (row - firstRow) * ROWS, size);
                }
            }
        }
        copyOut(tile, panel, firstRow, end);
    }

    /** Writes quantised values as floats {@code [DEPTH][32]}, then each block's scales and minima {@code [2][32]}. */
    private void expand(int panel, int k, int count, float[] weights) {
        for (int at = 0; at < count; at += format.block()) {
            long source = panels.blockAt(panel, (k + at) / format.block());
            panels.expandCodes(source, weights, at * ROWS);
            int scales = format.minimum() ? 2 * ROWS : ROWS;
            int to = scalesAt(at / format.block());
            MemorySegment.copy(data, FLOAT, source, weights, to, scales);
        }
    }

    /** Where {@link #expand} puts the scales of a block. */
    private static int scalesAt(int block) {
        return (DEPTH + block * 2) * ROWS;
    }

    /** Adds the blocks of quantised values {@code k .. k + count - 1} for a group of twelve rows. */
    private void addTwelve(BlockTile6.Blocks b, int k, int count, int row, float[] weights, float[] tile, int to) {
        b.blocks = count / format.block();
        b.count = format.block();
        b.x = x.data();
        b.xAt = x.at(row, k);
        b.codes = weights;
        b.scales = weights;
        b.scalesAt = scalesAt(0);
        b.sums = sums.data();
        b.sumsAt = sums.at(row, k / format.block());
        b.start = -format.offset();
        b.minimum = format.minimum();
        for (int first = 0; first < 12; first += BlockTile6.ROWS) {
            for (int lane = 0; lane < ROWS; lane += 2 * L) {
                BlockTile6.add(b, first, lane, tile, to);
            }
        }
    }

    /** Adds the blocks of quantised values {@code k .. k + count - 1} for a smaller group of rows. */
    private void add(int panel, int k, int count, int row, float[] codes, float[] tile, int to, int chains) {
        int group = x.size(row);
        for (int at = 0; at < count; at += format.block()) {
            int block = (k + at) / format.block();
            int sumsAt = sums.at(row, block);
            for (int r = 0; r < group; r++) {
                float start = -format.offset() * sums.data()[sumsAt + r];
                Arrays.fill(tile, chains + r * ROWS, chains + (r + 1) * ROWS, start);
            }
            Tile.sum(group, format.block(), x.data(), x.at(row, k + at), codes, at * ROWS, tile, chains);
            scale(panels.blockAt(panel, block), group, sums.data(), sumsAt, tile, to, chains);
        }
    }

    /** Adds to the results of a group its chains times the scales of a block, and its sums times the minima. */
    private void scale(long at, int group, float[] blockSums, int sumsAt, float[] tile, int to, int chains) {
        for (int lane = 0; lane < ROWS; lane += L) {
            var scale = FloatVector.fromMemorySegment(F, data, at + 4L * lane, ORDER);
            if (format.minimum()) {
                var minimum = FloatVector.fromMemorySegment(F, data, at + format.minimaAt() + 4L * lane, ORDER);
                for (int r = 0, i = lane; r < group; r++, i += ROWS) {
                    var scaled = FloatVector.fromArray(F, tile, chains + i)
                            .fma(scale, FloatVector.fromArray(F, tile, to + i));
                    minimum.fma(FloatVector.broadcast(F, blockSums[sumsAt + r]), scaled)
                            .intoArray(tile, to + i);
                }
            } else {
                for (int r = 0, i = lane; r < group; r++, i += ROWS) {
                    FloatVector.fromArray(F, tile, chains + i)
                            .fma(scale, FloatVector.fromArray(F, tile, to + i))
                            .intoArray(tile, to + i);
                }
            }
        }
    }

    /** The tile's missing rows and columns are left out. */
    private void copyOut(float[] tile, int panel, int firstRow, int end) {
        int from = panel * ROWS;
        int width = Math.min(ROWS, outputs - from);
        for (int row = firstRow; row < end; row++) {
            System.arraycopy(tile, (row - firstRow) * ROWS, y, row * outputs + from, width);
        }
    }
}
