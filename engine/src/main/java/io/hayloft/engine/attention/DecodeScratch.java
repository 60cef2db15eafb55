package io.hayloft.engine.attention;

import static io.hayloft.engine.attention.TileSoftmax.TILE;

import io.hayloft.engine.cache.BlockScratch;
import io.hayloft.engine.cache.HeadCache;
import java.util.Arrays;

/** What one thread works in during decode attention: the query heads of one KV head over a stretch of tokens. */
final class DecodeScratch {
    private final BlockScratch blocks = new BlockScratch();
    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private TileSoftmax softmax = new TileSoftmax(0, 0);
    private float[] q = {}; // [group][headDim], scaled

    /** Scores of the current tile [group][128]. */
    float[] scores = {};

    void begin(AttentionShape shape, float[] queries, int at) {
        int group = shape.group();
        if (!shape.equals(this.shape) || q.length == 0) {
            this.shape = shape;
            softmax = new TileSoftmax(group, HeadCache.paddedChannels(shape.headDim()));
            q = new float[group * shape.headDim()];
            scores = new float[group * TILE];
        }
        for (int i = 0; i < q.length; i++) {
            q[i] = queries[at + i] * shape.scale();
        }
        softmax.clear(group);
    }

    /** Computes the scores of a tile. */
    void scores(HeadCache head, int tile) {
        int group = shape.group();
        int dim = shape.headDim();
        Arrays.fill(scores, 0);
        for (int token = Math.max(tile, head.begin());
                token < Math.min(tile + TILE, head.end());
                token += HeadCache.BLOCK) {
            int block = token / HeadCache.BLOCK;
            head.addScores(blocks, block, q, 0, dim, group, scores, token - tile, TILE);
        }
        if (shape.softCap() > 0) {
            VectorMath.softCap(scores, 0, group * TILE, shape.softCap());
        }
    }

    /** Adds a tile's values with the softmax of its scores, which become exponentials. */
    void values(HeadCache head, int tile) {
        softmax.add(scores, 0, shape.group());
        for (int token = Math.max(tile, head.begin());
                token < Math.min(tile + TILE, head.end());
                token += HeadCache.BLOCK) {
            int block = token / HeadCache.BLOCK;
            head.addValues(blocks, block, scores, token - tile, TILE, shape.group(), softmax.out, 0, softmax.stride);
        }
    }

    /** Writes, for each query head: largest score, sum of exponentials, weighted sum of values. */
    void end(float[] partial, int at, int stride) {
        for (int g = 0; g < shape.group(); g++) {
            int to = at + g * stride;
            partial[to] = softmax.max[g];
            partial[to + 1] = softmax.sum(g);
            System.arraycopy(softmax.out, g * softmax.stride, partial, to + 2, softmax.stride);
        }
    }
}
