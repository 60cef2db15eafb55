package io.hayloft.engine.attention;

import static io.hayloft.engine.attention.TileSoftmax.TILE;

import io.hayloft.engine.cache.LayerCache;
import io.hayloft.engine.cache.TokenMask;
import io.hayloft.engine.kernel.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * Prefill attention of one layer: a task is one KV head and a stretch of rows. The query heads of a group are rows of
 * the same matrix (row * group + head in group), so that they share the decoded tiles.
 */
final class PrefillStep implements WorkerPool.Task {
    /** Query rows of a task, about: enough that decoding a tile costs little beside using it. */
    private static final int QUERY_ROWS = 384;

    private static final ThreadLocal<PrefillScratch> SCRATCH = ThreadLocal.withInitial(PrefillScratch::new);

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
    private final int rowsOfTask;
    private final int stretches;

    PrefillStep(
            AttentionShape shape,
            LayerCache cache,
            float[] q,
            int rows,
            int firstPosition,
            float[] out,
            boolean keepSums,
            @Nullable TokenMask mask) {
        this.shape = shape;
        this.cache = cache;
        this.q = q;
        this.rows = rows;
        this.firstPosition = firstPosition;
        this.out = out;
        this.mask = mask;
        this.max = new float[keepSums ? rows * shape.queryHeads() : 0];
        this.scale = new float[max.length];
        this.rowsOfTask = Math.max(8, QUERY_ROWS / shape.group());
        this.stretches = (rows + rowsOfTask - 1) / rowsOfTask;
    }

    int tasks() {
        return stretches * shape.kvHeads();
    }

    @Override
    public void run(int task, int worker) {
        // Late rows see the most tokens: begin with them, so that no long task is left for the end.
        int from = (stretches - 1 - task / shape.kvHeads()) * rowsOfTask;
        attend(task % shape.kvHeads(), from, Math.min(rows, from + rowsOfTask));
    }

    private void attend(int kvHead, int fromRow, int toRow) {
        var head = cache.head(kvHead);
        int group = shape.group();
        int queries = (toRow - fromRow) * group;
        var scratch = SCRATCH.get();
        scratch.begin(shape, queries);
        scratch.loadQueries(q, fromRow, toRow, kvHead);
        int first = Visibility.firstToken(head, Visibility.low(shape, cache, firstPosition + fromRow));
        int end = Visibility.endToken(head, firstPosition + toRow - 1);
        for (int tile = first / TILE * TILE; tile < end; tile += TILE) {
            if (Visibility.hidden(mask, head, tile)) {
                continue;
            }
            scratch.loadTile(head, tile);
            for (int at = 0; at < queries; at += RowTile.ROWS) {
                int count = Math.min(RowTile.ROWS, queries - at);
                int lowest = firstPosition + fromRow + at / group;
                int highest = firstPosition + fromRow + (at + count - 1) / group;
                int tokens = Math.min(TILE, Visibility.endToken(head, highest) - tile); // no row sees later ones
                if (tokens > 0 && tile + TILE > Visibility.firstToken(head, Visibility.low(shape, cache, lowest))) {
                    addTile(scratch, kvHead, tile, tokens, at, count, fromRow);
                }
            }
        }
        writeResults(scratch, kvHead, fromRow, queries);
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
    }

    private void writeResults(PrefillScratch scratch, int kvHead, int fromRow, int queries) {
        int dim = shape.headDim();
        for (int i = 0; i < queries; i++) {
            int row = fromRow + i / shape.group();
            int queryHead = kvHead * shape.group() + i % shape.group();
            float sum = scratch.softmax.sum(i);
            float factor = sum == 0 ? 0 : 1 / sum;
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
