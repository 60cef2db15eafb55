package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.Exp;
import io.hayloft.kv.cache.BlockScratch;
import io.hayloft.kv.cache.HeadCache;
import java.util.Arrays;

/** The buffers of one thread in decode attention: queries of one KV head, of one row or several, over a split of its tokens. */
final class DecodeScratch {
    private final BlockScratch blocks = new BlockScratch();
    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private int queries;

    /** The softmax of each query. */
    final TileSoftmax softmax = new TileSoftmax();

    /** Scores of the current tile [queries][128]. */
    float[] scores = {};

    private float[] capping = {};

    /**
     * Starts anew.
     *
     * @param q the queries [queries][headDim], from {@code at} on
     */
    void begin(AttentionShape shape, HeadCache head, float[] q, int at, int queries) {
        this.shape = shape;
        this.queries = queries;
        if (scores.length < queries * TILE) {
            scores = new float[queries * TILE];
            capping = new float[queries * TILE];
        }
        head.setQueries(blocks, q, at, queries, shape.scale());
        softmax.begin(queries, head.valueFloats());
    }

    /** Computes the scores of a tile. */
    void scores(HeadCache head, int tile) {
        Arrays.fill(scores, 0, queries * TILE, 0);
        for (int token = Math.max(tile, head.begin());
                token < Math.min(tile + TILE, head.end());
                token += HeadCache.BLOCK) {
            int block = token / HeadCache.BLOCK;
            head.addScores(blocks, block, scores, token - tile, TILE);
        }
        if (shape.softCap() > 0) {
            Exp.capScores(scores, 0, queries * TILE, shape.softCap(), capping);
        }
    }

    /** Adds a tile's values with the softmax of its scores, which become exponentials. */
    void values(HeadCache head, int tile) {
        softmax.add(scores, 0, queries);
        for (int token = Math.max(tile, head.begin());
                token < Math.min(tile + TILE, head.end());
                token += HeadCache.BLOCK) {
            int block = token / HeadCache.BLOCK;
            head.addValues(blocks, block, scores, token - tile, TILE, queries, softmax.out(), 0, softmax.stride());
        }
    }

    /** Writes, for each query: largest score, sum of exponentials, weighted sum of values. */
    void end(HeadCache head, float[] partial, int at, int stride) {
        for (int i = 0; i < queries; i++) {
            head.finishValues(softmax.out(), i * softmax.stride());
            softmax.write(i, shape.headDim(), partial, at + i * stride);
        }
    }
}
