package io.hayloft.engine.attention;

import static io.hayloft.engine.attention.TileSoftmax.TILE;

import io.hayloft.engine.cache.HeadCache;
import io.hayloft.engine.kernel.VectorWidth;
import java.util.Arrays;

/** What one thread works in during prefill attention: queries of one KV head, one decoded tile of keys and values. */
final class PrefillScratch {
    private static final int PAIR = 2 * VectorWidth.LANES;
    private static final int BLOCK = HeadCache.BLOCK;

    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private int depth; // tokens of the tile that count
    private float[] queries = {}; // [queries][headDim], scaled
    private float[] keys = {}; // [blocks of 32][headDim][32]
    private float[] values = {}; // [128][stride]
    final TileSoftmax softmax = new TileSoftmax();

    /** Scores of a tile of rows [rows of a tile][128]. */
    final float[] scores = new float[RowTile.ROWS * TILE];

    void begin(AttentionShape shape, int queryRows) {
        this.shape = shape;
        int stride = (HeadCache.paddedChannels(shape.headDim()) + PAIR - 1) / PAIR * PAIR;
        softmax.begin(queryRows, stride);
        queries = grown(queries, queryRows * shape.headDim());
        keys = grown(keys, TILE * shape.headDim());
        values = grown(values, TILE * stride);
    }

    private static float[] grown(float[] array, int size) {
        return array.length < size ? new float[size] : array;
    }

    /** Gathers the rows' queries of one KV head. */
    void loadQueries(float[] q, int fromRow, int toRow, int kvHead) {
        int size = shape.group() * shape.headDim();
        for (int row = fromRow; row < toRow; row++) {
            int from = row * shape.rowSize() + kvHead * size;
            int to = (row - fromRow) * size;
            for (int i = 0; i < size; i++) {
                queries[to + i] = q[from + i] * shape.scale();
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
    }

    /** Computes the scores of some rows with the tile. */
    void scores(int row, int rows) {
        int dim = shape.headDim();
        Arrays.fill(scores, 0, rows * TILE, 0);
        for (int token = 0; token < depth; token += BLOCK) {
            RowTile.add(rows, dim, BLOCK, queries, row * dim, dim, keys, token * dim, BLOCK, scores, token, TILE);
        }
        if (shape.softCap() > 0) {
            VectorMath.softCap(scores, 0, rows * TILE, shape.softCap());
        }
    }

    /** Adds the tile's values with the softmax of the scores, which become exponentials. */
    void values(int row, int rows) {
        softmax.add(scores, row, rows);
        int stride = softmax.stride();
        RowTile.add(rows, depth, stride, scores, 0, TILE, values, 0, stride, softmax.out(), row * stride, stride);
    }
}
