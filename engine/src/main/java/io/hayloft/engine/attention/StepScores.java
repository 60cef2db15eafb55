package io.hayloft.engine.attention;

import static io.hayloft.engine.attention.TileSoftmax.TILE;

import io.hayloft.engine.cache.HeadCache;
import io.hayloft.engine.cache.LayerCache;
import io.hayloft.engine.cache.StepAttention;
import io.hayloft.engine.kernel.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Records the scores of a decode step and turns them into probabilities, for a policy that wants them. */
final class StepScores {
    private static final int LANES = VectorWidth.LANES;

    private final int queryHeads;
    private final int[] lengths;
    private final int stride;
    private final float[] scores; // [queryHeads][stride], or empty

    private StepScores(int queryHeads, int[] lengths, int stride, float[] scores) {
        this.queryHeads = queryHeads;
        this.lengths = lengths;
        this.stride = stride;
        this.scores = scores;
    }

    static StepScores of(AttentionShape shape, LayerCache cache, boolean wanted) {
        var lengths = new int[shape.kvHeads()];
        int longest = 0;
        for (int head = 0; head < lengths.length; head++) {
            lengths[head] = cache.length(head);
            longest = Math.max(longest, lengths[head]);
        }
        int stride = (longest + LANES - 1) / LANES * LANES;
        var scores = new float[wanted ? shape.queryHeads() * stride : 0];
        Arrays.fill(scores, Float.NEGATIVE_INFINITY);
        return new StepScores(shape.queryHeads(), lengths, stride, scores);
    }

    /** Keeps the scores of a tile [group][128]. */
    void record(int kvHead, HeadCache head, int tile, float[] tileScores) {
        if (scores.length == 0) {
            return;
        }
        int group = queryHeads / lengths.length;
        int from = Math.max(tile, head.begin());
        int count = Math.min(tile + TILE, head.end()) - from;
        for (int g = 0; g < group; g++) {
            int to = (kvHead * group + g) * stride + from - head.begin();
            System.arraycopy(tileScores, g * TILE + from - tile, scores, to, count);
        }
    }

    /** Scores become exp(score - max) * scale. */
    void normalise(int queryHead, float max, float scale) {
        if (scores.length == 0) {
            return;
        }
        for (int i = queryHead * stride; i < (queryHead + 1) * stride; i += LANES) {
            VectorMath.exp(FloatVector.fromArray(VectorWidth.FLOATS, scores, i).sub(max))
                    .mul(scale)
                    .intoArray(scores, i);
        }
    }

    StepAttention attention() {
        return new StepAttention(queryHeads, lengths, stride, scores);
    }
}
