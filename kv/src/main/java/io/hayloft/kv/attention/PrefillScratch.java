package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.Exp;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.HeadCache;
import java.util.Arrays;

/** The buffers of one thread in prefill attention: queries of one KV head, one decoded tile of keys and values. */
final class PrefillScratch {
    private static final int PAIR = 2 * VectorWidth.LANES;
    private static final int BLOCK = HeadCache.BLOCK;

    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private int depth; // tokens of the tile that count
    private int lowest; // position of any of them
    private int highest;
    private float[] queries = {}; // [tiles of rows][headDim][rows of a tile], scaled
    private float[] rotated = {}; // one query in the form that the codec wants
    private float[] keys = {}; // [blocks of 32][headDim][32]
    private float[] values = {}; // [128][stride]
    final TileSoftmax softmax = new TileSoftmax();
    final ColumnSums accumulated = new ColumnSums();

    /** Scores of a tile of rows [rows of a tile][128]. */
    final float[] scores = new float[RowTile.ROWS * TILE];

    private final float[] capping = new float[RowTile.ROWS * TILE];

    void begin(AttentionShape shape, int queryRows) {
        this.shape = shape;
        int stride = (HeadCache.paddedChannels(shape.headDim()) + PAIR - 1) / PAIR * PAIR;
        int padded = (queryRows + RowTile.ROWS - 1) / RowTile.ROWS * RowTile.ROWS;
        softmax.begin(padded, stride);
        queries = grown(queries, padded * shape.headDim());
        rotated = grown(rotated, shape.headDim());
        keys = grown(keys, TILE * shape.headDim());
        values = grown(values, TILE * stride);
    }

    private static float[] grown(float[] array, int size) {
        return array.length < size ? new float[size] : array;
    }

    /** Gathers queries of one KV head, from a row on, into tiles; the last one is filled up with whatever lay there. */
    void loadQueries(HeadCache head, float[] q, int fromRow, int count, int kvHead) {
        int group = shape.group();
        int dim = shape.headDim();
        for (int i = 0; i < count; i++) {
            int from = (fromRow + i / group) * shape.rowSize() + (kvHead * group + i % group) * dim;
            int to = i / RowTile.ROWS * RowTile.ROWS * dim + i % RowTile.ROWS;
            var source = q;
            if (head.rotates()) {
                System.arraycopy(q, from, rotated, 0, dim);
                head.prepareQueries(rotated, 0, 1);
                source = rotated;
                from = 0;
            }
            for (int c = 0; c < dim; c++) {
                queries[to + c * RowTile.ROWS] = source[from + c] * shape.scale();
            }
        }
    }

    /** Decodes a tile; tokens that it does not hold count as zero. */
    void loadTile(HeadCache head, int tile) {
        int from = Math.max(tile, head.begin());
        depth = Math.min(tile + TILE, head.end()) - tile;
        Arrays.fill(keys, 0, (from - tile) * shape.headDim(), 0);
        Arrays.fill(values, 0, (from - tile) * softmax.stride(), 0);
        for (int token = from; token < tile + depth; token += BLOCK) {
            int block = token / BLOCK;
            head.expandKeys(block, keys, (token - tile) * shape.headDim(), BLOCK);
            head.expandValues(block, values, (token - tile) * softmax.stride(), softmax.stride());
        }
        lowest = Integer.MAX_VALUE;
        highest = -1;
        for (int token = from; token < tile + depth; token++) {
            lowest = Math.min(lowest, head.positionOf(token));
            highest = Math.max(highest, head.positionOf(token));
        }
    }

    /** Hides the loaded tile's tokens outside positions {@code low .. high} from a row of the scores, and what is not a token. */
    void hide(HeadCache head, int tile, int low, int high, int row) {
        if (low > lowest || high < highest || depth < TILE || tile < head.begin()) {
            Visibility.hide(head, tile, low, high, scores, row * TILE);
        }
    }

    /** Computes the scores of a tile of rows, which begins at this one, with the first tokens of the tile. */
    void scores(int row, int tokens) {
        int dim = shape.headDim();
        int end = Math.min(depth, tokens);
        for (int token = 0; token < end; token += BLOCK) {
            RowTile.scores(dim, queries, row * dim, keys, token * dim, scores, token);
        }
        if (shape.softCap() > 0) {
            Exp.capScores(scores, 0, scores.length, shape.softCap(), capping);
        }
    }

    /** Adds the values of the tile's first tokens with the softmax of the scores, which become exponentials. */
    void values(int row, int rows, int tokens) {
        softmax.add(scores, row, rows);
        RowTile.values(
                Math.min(depth, tokens), scores, values, softmax.stride(), softmax.out(), row * softmax.stride());
    }
}
