package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.Exp;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.HeadCache;
import jdk.incubator.vector.FloatVector;

/**
 * Column sums of a softmax whose row sums are known: adds, for each query head and token, the probabilities over all rows
 * to {@link AccumulatedAttention#sums} [queryHeads][tokens].
 *
 * <p>A task is one KV head and one tile of tokens, and goes through the rows in order, so that the sums do not depend on
 * chunks or threads.
 */
final class ColumnSumStep implements WorkerPool.Task {
    private static final ThreadLocal<PrefillScratch> SCRATCH = ThreadLocal.withInitial(PrefillScratch::new);
    private static final int LANES = VectorWidth.LANES;

    private final PrefillStep step;
    private final AttentionShape shape;
    private final AccumulatedAttention accumulated;
    private final int firstTile;
    private final int tiles;

    ColumnSumStep(PrefillStep step, AccumulatedAttention accumulated) {
        this.step = step;
        this.shape = step.shape;
        this.accumulated = accumulated;
        int first = Integer.MAX_VALUE;
        int end = 0;
        for (int head = 0; head < shape.kvHeads(); head++) {
            var cache = step.rows.cache().head(head);
            first = Math.min(
                    first,
                    Visibility.firstToken(cache, Visibility.low(shape, step.rows.cache(), step.rows.firstPosition())));
            end = Math.max(end, Visibility.endToken(cache, step.rows.position(step.rows.count() - 1)));
        }
        firstTile = first / TILE;
        tiles = Math.max(0, (end + TILE - 1) / TILE - firstTile);
    }

    int tasks() {
        return tiles * shape.kvHeads();
    }

    @Override
    public void run(int task, int worker) {
        int kvHead = task % shape.kvHeads();
        int tile = (firstTile + task / shape.kvHeads()) * TILE;
        var head = step.rows.cache().head(kvHead);
        if (tile >= head.end() || tile + TILE <= head.begin()) {
            return;
        }
        var scratch = SCRATCH.get();
        int group = shape.group();
        int rowsTogether = Math.max(1, RowTile.ROWS / group);
        scratch.begin(shape, Math.max(RowTile.ROWS, rowsTogether * group));
        scratch.loadTile(head, tile);
        var columns = new float[group * TILE];
        gather(head, tile, kvHead, columns);
        for (int row = 0; row < step.rows.count(); row += rowsTogether) {
            int end = Math.min(step.rows.count(), row + rowsTogether);
            if (tile < Visibility.endToken(head, step.rows.position(end - 1))
                    && tile + TILE
                            > Visibility.firstToken(
                                    head, Visibility.low(shape, step.rows.cache(), step.rows.position(row)))) {
                addRows(scratch, head, tile, kvHead, row, end, columns);
            }
        }
        scatter(head, tile, kvHead, columns);
    }

    private void addRows(
            PrefillScratch scratch, HeadCache head, int tile, int kvHead, int fromRow, int toRow, float[] columns) {
        int group = shape.group();
        scratch.loadQueries(head, step.rows.queries(), fromRow, (toRow - fromRow) * group, kvHead);
        for (int at = 0; at < (toRow - fromRow) * group; at += RowTile.ROWS) {
            int count = Math.min(RowTile.ROWS, (toRow - fromRow) * group - at);
            scratch.scores(at, TILE);
            for (int i = 0; i < count; i++) {
                int row = fromRow + (at + i) / group;
                int g = (at + i) % group;
                int position = step.rows.position(row);
                Visibility.hide(
                        head,
                        tile,
                        Visibility.low(shape, step.rows.cache(), position),
                        position,
                        scratch.scores,
                        i * TILE);
                int queryHead = row * shape.queryHeads() + kvHead * group + g;
                add(
                        scratch.scores,
                        i * TILE,
                        step.results.max(queryHead),
                        step.results.inverseSum(queryHead),
                        columns,
                        g * TILE);
            }
        }
    }

    private static void add(float[] scores, int from, float max, float scale, float[] columns, int to) {
        Exp.ofScores(scores, from, TILE, max);
        for (int i = 0; i < TILE; i += LANES) {
            FloatVector.fromArray(VectorWidth.FLOATS, scores, from + i)
                    .mul(scale)
                    .add(FloatVector.fromArray(VectorWidth.FLOATS, columns, to + i))
                    .intoArray(columns, to + i);
        }
    }

    /** Takes the sums so far of a tile's tokens: adding to them row by row is the same for every chunking. */
    private void gather(HeadCache head, int tile, int kvHead, float[] columns) {
        for (int token = Math.max(tile, head.begin()); token < Math.min(tile + TILE, head.end()); token++) {
            for (int g = 0; g < shape.group(); g++) {
                columns[g * TILE + token - tile] = accumulated.sums()[index(head, token, kvHead, g)];
            }
        }
    }

    private void scatter(HeadCache head, int tile, int kvHead, float[] columns) {
        for (int token = Math.max(tile, head.begin()); token < Math.min(tile + TILE, head.end()); token++) {
            for (int g = 0; g < shape.group(); g++) {
                accumulated.sums()[index(head, token, kvHead, g)] = columns[g * TILE + token - tile];
            }
        }
    }

    private int index(HeadCache head, int token, int kvHead, int g) {
        return (kvHead * shape.group() + g) * accumulated.tokens() + head.positionOf(token);
    }
}
