package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.HeadCache;
import org.jspecify.annotations.Nullable;

/**
 * Prefill attention of one layer: a task is one KV head and a tile of rows. The query heads of a group are rows of
 * the same matrix (row * group + head in group), so that they share the decoded tiles.
 */
final class PrefillStep implements WorkerPool.Task {
    /** Query rows of a task, about: enough that decoding a tile costs little beside using it. */
    private static final int QUERY_ROWS = 384;

    private static final ThreadLocal<PrefillScratch> SCRATCH = ThreadLocal.withInitial(PrefillScratch::new);

    /** Blocks of rows whose attention is accumulated at once: each needs an array with a sum for each token its rows see. */
    private static final int BLOCKS_AT_ONCE = 8;

    private static final AccumulatedAttention.Block[] NO_BLOCKS = {};

    final AttentionShape shape;
    final ChunkRows rows;
    final AttentionResults results;
    private final @Nullable AccumulatedAttention accumulated;
    private final int rowsOfTask;
    private final int origin; // where the first tile of rows would begin, before the first row
    private final int rowTiles;
    private int firstRowTile; // of those that run now
    private int endRowTile;
    private AccumulatedAttention.Block[] blocks = NO_BLOCKS; // their sums

    /**
     * A step to be run.
     *
     * @param results begun for all rows
     * @param accumulated receives the rows' probabilities as the step runs; null for none
     */
    PrefillStep(
            AttentionShape shape,
            ChunkRows rows,
            AttentionResults results,
            @Nullable AccumulatedAttention accumulated) {
        this.shape = shape;
        this.rows = rows;
        this.results = results;
        this.accumulated = accumulated;
        this.rowsOfTask = accumulated == null ? rowsTogether() : AccumulatedAttention.ROWS;
        this.origin = accumulated == null ? 0 : rows.firstPosition() % AccumulatedAttention.ROWS;
        this.rowTiles = (origin + rows.count() + rowsOfTask - 1) / rowsOfTask;
    }

    /** Runs all tasks; if attention is accumulated, some tiles of rows at a time, as each needs memory for its sums. */
    void run(WorkerPool pool) {
        int atOnce = accumulated == null ? rowTiles : BLOCKS_AT_ONCE;
        for (firstRowTile = 0; firstRowTile < rowTiles; firstRowTile = endRowTile) {
            endRowTile = Math.min(rowTiles, firstRowTile + atOnce);
            int tasks = (endRowTile - firstRowTile) * shape.kvHeads();
            if (accumulated == null) {
                pool.run(tasks, this);
            } else {
                int position = rows.position(firstRow(firstRowTile));
                blocks = accumulated.begin(position, endRowTile - firstRowTile);
                pool.run(tasks, this);
                accumulated.add(blocks, position, rows.position(firstRow(endRowTile)));
            }
        }
    }

    /** The first row of a tile of rows; for the tile behind the last one, the number of rows. */
    private int firstRow(int rowTile) {
        return Math.clamp((long) rowTile * rowsOfTask - origin, 0, rows.count());
    }

    @Override
    public void run(int task, int worker) {
        // Late rows see the most tokens: begin with them, so that no long task is left for the end.
        int rowTile = endRowTile - 1 - task / shape.kvHeads();
        int kvHead = task % shape.kvHeads();
        int from = firstRow(rowTile);
        int to = firstRow(rowTile + 1);
        if (accumulated == null) {
            attend(kvHead, from, to);
        } else {
            attendAndAccumulate(kvHead, from, to, blocks[rowTile - firstRowTile], accumulated.maxKept());
        }
    }

    /** Attends for a block of rows, a part at a time if many tokens are seen. */
    private void attendAndAccumulate(
            int kvHead, int fromRow, int toRow, AccumulatedAttention.Block block, int maxKept) {
        var head = rows.cache().head(kvHead);
        var columns = SCRATCH.get().accumulated;
        int first = firstToken(head, fromRow);
        int end = Visibility.endToken(head, rows.position(toRow - 1));
        columns.begin(shape.group(), first, end);
        columns.load(head, first, end, block, kvHead);
        int part = Math.min(rowsTogether(), ColumnSums.rowsAtOnce(maxKept, shape.group(), end - first));
        for (int row = fromRow; row < toRow; row += part) {
            attend(kvHead, row, Math.min(toRow, row + part));
        }
        columns.store(head, first, end, block, kvHead);
    }

    private int firstToken(HeadCache head, int row) {
        return Visibility.firstToken(head, Visibility.low(shape, rows.cache(), rows.position(row)));
    }

    /** Rows of a prompt that share a decoded tile. */
    private int rowsTogether() {
        return Math.max(8, QUERY_ROWS / shape.group());
    }

    private void attend(int kvHead, int fromRow, int toRow) {
        var head = rows.cache().head(kvHead);
        int group = shape.group();
        int queries = (toRow - fromRow) * group;
        var scratch = SCRATCH.get();
        scratch.begin(shape, queries);
        scratch.loadQueries(head, rows.queries(), fromRow, queries, kvHead);
        if (accumulated != null) {
            scratch.accumulated.beginRows(queries);
        }
        int end = Visibility.endToken(head, rows.position(toRow - 1));
        int first = firstToken(head, fromRow) / TILE * TILE;
        for (int tile = first; tile < end; tile += TILE) {
            if (Visibility.hidden(rows.mask(), head, tile)) {
                continue;
            }
            scratch.loadTile(head, tile);
            for (int at = 0; at < queries; at += RowTile.ROWS) {
                int count = Math.min(RowTile.ROWS, queries - at);
                int highest = rows.position(fromRow + (at + count - 1) / group);
                int tokens = Math.min(TILE, Visibility.endToken(head, highest) - tile); // no row sees later ones
                if (tokens > 0 && tile + TILE > firstToken(head, fromRow + at / group)) {
                    addTile(scratch, kvHead, tile, tokens, at, count, fromRow);
                }
            }
        }
        for (int i = 0; i < queries && shape.sinks() != null; i++) {
            scratch.softmax.addSink(i, shape, kvHead * group + i % group);
        }
        writeResults(scratch, kvHead, fromRow, queries);
        if (accumulated != null) {
            scratch.accumulated.addRows(queries, scratch.softmax);
        }
    }

    private void addTile(PrefillScratch scratch, int kvHead, int tile, int tokens, int at, int count, int fromRow) {
        var head = rows.cache().head(kvHead);
        scratch.scores(at, tokens);
        for (int i = 0; i < count; i++) {
            int position = rows.position(fromRow + (at + i) / shape.group());
            scratch.hide(head, tile, Visibility.low(shape, rows.cache(), position), position, i);
            var mask = rows.mask();
            if (mask != null) {
                int queryHead = kvHead * shape.group() + (at + i) % shape.group();
                Visibility.hide(mask, queryHead, head, tile, scratch.scores, i * TILE);
            }
        }
        scratch.values(at, count, tokens);
        if (accumulated != null) {
            scratch.accumulated.keep(tile, at, count, scratch.scores, scratch.softmax);
        }
    }

    private void writeResults(PrefillScratch scratch, int kvHead, int fromRow, int queries) {
        int dim = shape.headDim();
        var out = results.out();
        for (int i = 0; i < queries; i++) {
            int queryHead = kvHead * shape.group() + i % shape.group();
            int head = (fromRow + i / shape.group()) * shape.queryHeads() + queryHead;
            float factor = scratch.softmax.inverseSum(i);
            int source = i * scratch.softmax.stride();
            for (int c = 0; c < dim; c++) {
                out[head * dim + c] = scratch.softmax.out()[source + c] * factor;
            }
            rows.cache().head(kvHead).finishOutputs(out, head * dim, 1);
            results.set(head, scratch.softmax.max(i), factor);
        }
    }
}
