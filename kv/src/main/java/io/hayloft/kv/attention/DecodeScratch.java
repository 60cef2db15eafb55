package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.Exp;
import io.hayloft.kv.cache.BlockScratch;
import io.hayloft.kv.cache.HeadCache;
import java.util.Arrays;

/** The buffers of one thread in decode attention: the query heads of one KV head over a split of its tokens. */
final class DecodeScratch {
    private final BlockScratch blocks = new BlockScratch();
    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private final TileSoftmax softmax = new TileSoftmax();

    /** Scores of the current tile [group][128]. */
    float[] scores = {};

    private float[] capping = {};

    void begin(AttentionShape shape, HeadCache head, float[] queries, int at) {
        int group = shape.group();
        this.shape = shape;
        if (scores.length < group * TILE) {
            scores = new float[group * TILE];
            capping = new float[group * TILE];
        }
        head.setQueries(blocks, queries, at, group, shape.scale());
        softmax.begin(group, head.valueFloats());
    }

    /** Computes the scores of a tile. */
    void scores(HeadCache head, int tile) {
        int group = shape.group();
        Arrays.fill(scores, 0, group * TILE, 0);
        for (int token = Math.max(tile, head.begin());
                token < Math.min(tile + TILE, head.end());
                token += HeadCache.BLOCK) {
            int block = token / HeadCache.BLOCK;
            head.addScores(blocks, block, scores, token - tile, TILE);
        }
        if (shape.softCap() > 0) {
            Exp.capScores(scores, 0, group * TILE, shape.softCap(), capping);
        }
    }

    /** Adds a tile's values with the softmax of its scores, which become exponentials. */
    void values(HeadCache head, int tile) {
        softmax.add(scores, 0, shape.group());
        for (int token = Math.max(tile, head.begin());
                token < Math.min(tile + TILE, head.end());
                token += HeadCache.BLOCK) {
            int block = token / HeadCache.BLOCK;
            head.addValues(
                    blocks, block, scores, token - tile, TILE, shape.group(), softmax.out(), 0, softmax.stride());
        }
    }

    /** Writes, for each query head: largest score, sum of exponentials, weighted sum of values. */
    void end(HeadCache head, float[] partial, int at, int stride) {
        for (int g = 0; g < shape.group(); g++) {
            int to = at + g * stride;
            int from = g * softmax.stride();
            head.finishValues(softmax.out(), from);
            partial[to] = softmax.max(g);
            partial[to + 1] = softmax.sum(g);
            System.arraycopy(softmax.out(), from, partial, to + 2, shape.headDim());
        }
    }
}
