package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/**
 * Prefill attention of one layer: a task is one KV head and a stretch of rows. The query heads of a group are rows of
 * the same matrix (row * group + head in group), so that they share the decoded tiles.
 */
final class PrefillStep implements WorkerPool.Task {
    /** Query rows of a task, about: enough that decoding a tile costs little beside using it. */
    private static final int QUERY_ROWS = 384;

    private static final ThreadLocal<PrefillScratch> SCRATCH = ThreadLocal.withInitial(PrefillScratch::new);

    /** Blocks of rows whose mass is summed up at once: each needs an array as large as what its rows see of the mass. */
    private static final int BLOCKS_AT_ONCE = 8;

    private static final AttentionMass.Block[] NO_BLOCKS = {};

    final AttentionShape shape;
    final LayerCache cache;
    final float[] q;
    final int rows;
    final int firstPosition;

    /** Largest score, and one over the sum of exponentials, [rows][queryHeads]; empty if not wanted. */
    final float[] max;

    final float[] scale;
    private final float[] out;
    private final @Nullable TokenMask mask;
    private final @Nullable AttentionMass mass;
    private final int rowsOfTask;
    private final int origin; // where the first stretch would begin, before the first row
    private final int stretches;
    private int firstStretch; // of those that run now
    private int endStretch;
    private AttentionMass.Block[] blocks = NO_BLOCKS; // their mass

    /**
     * A step to be run.
     *
     * @param keepSums whether {@link #max} and {@link #scale} are wanted
     * @param mask hides more tokens, if given
     * @param mass adds the rows' probabilities when the step has run, if given
     */
    PrefillStep(
            AttentionShape shape,
            LayerCache cache,
            float[] q,
            int rows,
            int firstPosition,
            float[] out,
            boolean keepSums,
            @Nullable TokenMask mask,
            @Nullable AttentionMass mass) {
        this.shape = shape;
        this.cache = cache;
        this.q = q;
        this.rows = rows;
        this.firstPosition = firstPosition;
        this.out = out;
        this.mask = mask;
        this.mass = mass;
        this.max = new float[keepSums ? rows * shape.queryHeads() : 0];
        this.scale = new float[max.length];
        this.rowsOfTask = mass == null ? rowsTogether() : AttentionMass.ROWS;
        this.origin = mass == null ? 0 : firstPosition % AttentionMass.ROWS;
        this.stretches = (origin + rows + rowsOfTask - 1) / rowsOfTask;
    }

    /** Runs all tasks; with mass, some stretches at a time, so that a long chunk does not need the memory for all. */
    void run(WorkerPool pool) {
        int atOnce = mass == null ? stretches : BLOCKS_AT_ONCE;
        for (firstStretch = 0; firstStretch < stretches; firstStretch = endStretch) {
            endStretch = Math.min(stretches, firstStretch + atOnce);
            int tasks = (endStretch - firstStretch) * shape.kvHeads();
            if (mass == null) {
                pool.run(tasks, this);
            } else {
                int position = firstPosition + firstRow(firstStretch);
                blocks = mass.begin(position, endStretch - firstStretch);
                pool.run(tasks, this);
                mass.add(blocks, position, firstPosition + firstRow(endStretch));
            }
        }
    }

    /** The row that a stretch begins with; the number of rows for the one behind the last. */
    private int firstRow(int stretch) {
        return Math.clamp((long) stretch * rowsOfTask - origin, 0, rows);
    }

    @Override
    public void run(int task, int worker) {
        // Late rows see the most tokens: begin with them, so that no long task is left for the end.
        int stretch = endStretch - 1 - task / shape.kvHeads();
        int kvHead = task % shape.kvHeads();
        int from = firstRow(stretch);
        int to = firstRow(stretch + 1);
        if (mass == null) {
            attend(kvHead, from, to);
        } else {
            attendWithMass(kvHead, from, to, blocks[stretch - firstStretch], mass.maxKept());
        }
    }

    /** Attends for a block of rows, a part at a time if many tokens are seen. */
    private void attendWithMass(int kvHead, int fromRow, int toRow, AttentionMass.Block block, int maxKept) {
        var head = cache.head(kvHead);
        var columns = SCRATCH.get().mass;
        int first = firstToken(head, fromRow);
        int end = Visibility.endToken(head, firstPosition + toRow - 1);
        columns.begin(shape.group(), first, end);
        columns.load(head, first, end, block, kvHead);
        int part = Math.min(rowsTogether(), MassColumns.rowsAtOnce(maxKept, shape.group(), end - first));
        for (int row = fromRow; row < toRow; row += part) {
            attend(kvHead, row, Math.min(toRow, row + part));
        }
        columns.store(head, first, end, block, kvHead);
    }

    private int firstToken(HeadCache head, int row) {
        return Visibility.firstToken(head, Visibility.low(shape, cache, firstPosition + row));
    }

    /** Rows of a prompt that share a decoded tile. */
    private int rowsTogether() {
        return Math.max(8, QUERY_ROWS / shape.group());
    }

    private void attend(int kvHead, int fromRow, int toRow) {
        var head = cache.head(kvHead);
        int group = shape.group();
        int queries = (toRow - fromRow) * group;
        var scratch = SCRATCH.get();
        scratch.begin(shape, queries);
        scratch.loadQueries(q, fromRow, toRow, kvHead);
        if (mass != null) {
            scratch.mass.beginRows(queries);
        }
        int end = Visibility.endToken(head, firstPosition + toRow - 1);
        for (int tile = firstToken(head, fromRow) / TILE * TILE; tile < end; tile += TILE) {
            if (Visibility.hidden(mask, head, tile)) {
                continue;
            }
            scratch.loadTile(head, tile);
            for (int at = 0; at < queries; at += RowTile.ROWS) {
                int count = Math.min(RowTile.ROWS, queries - at);
                int highest = firstPosition + fromRow + (at + count - 1) / group;
                int tokens = Math.min(TILE, Visibility.endToken(head, highest) - tile); // no row sees later ones
                if (tokens > 0 && tile + TILE > firstToken(head, fromRow + at / group)) {
                    addTile(scratch, kvHead, tile, tokens, at, count, fromRow);
                }
            }
        }
        writeResults(scratch, kvHead, fromRow, queries);
        if (mass != null) {
            scratch.mass.addRows(queries, scratch.softmax);
        }
    }

    private void addTile(PrefillScratch scratch, int kvHead, int tile, int tokens, int at, int count, int fromRow) {
        var head = cache.head(kvHead);
        scratch.scores(at, tokens);
        for (int i = 0; i < count; i++) {
            int position = firstPosition + fromRow + (at + i) / shape.group();
            Visibility.hide(head, tile, Visibility.low(shape, cache, position), position, scratch.scores, i * TILE);
            if (mask != null) {
                int queryHead = kvHead * shape.group() + (at + i) % shape.group();
                Visibility.hide(mask, queryHead, head, tile, scratch.scores, i * TILE);
            }
        }
        scratch.values(at, count, tokens);
        if (mass != null) {
            scratch.mass.keep(tile, at, count, scratch.scores, scratch.softmax);
        }
    }

    private void writeResults(PrefillScratch scratch, int kvHead, int fromRow, int queries) {
        int dim = shape.headDim();
        for (int i = 0; i < queries; i++) {
            int row = fromRow + i / shape.group();
            int queryHead = kvHead * shape.group() + i % shape.group();
            float factor = scratch.softmax.inverseSum(i);
            int to = row * shape.rowSize() + queryHead * dim;
            int source = i * scratch.softmax.stride();
            for (int c = 0; c < dim; c++) {
                out[to + c] = scratch.softmax.out()[source + c] * factor;
            }
            if (max.length > 0) {
                max[row * shape.queryHeads() + queryHead] = scratch.softmax.max(i);
                scale[row * shape.queryHeads() + queryHead] = factor;
            }
        }
    }
}
