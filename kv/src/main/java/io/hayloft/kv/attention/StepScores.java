package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** Records the scores of a decode step and turns them into probabilities, for a policy that wants them. */
final class StepScores {
    private static final int LANES = VectorWidth.LANES;

    private static final float[] NONE = {};

    private int queryHeads;
    private int[] lengths = {};
    private boolean wanted;
    private int stride;
    private int used; // of a stride, rounded up to whole vectors
    private float[] scores = NONE; // [queryHeads][stride]
    private @Nullable StepAttention attention; // made anew when an array is

    /** Starts a step; arrays are kept from step to step, and there are none for scores that nobody wants. */
    void begin(AttentionShape shape, LayerCache cache, boolean probabilities) {
        if (lengths.length != shape.kvHeads() || queryHeads != shape.queryHeads() || wanted != probabilities) {
            lengths = new int[shape.kvHeads()];
            queryHeads = shape.queryHeads();
            wanted = probabilities;
            scores = NONE;
            stride = 0;
            attention = null;
        }
        int longest = 0;
        for (int head = 0; head < lengths.length; head++) {
            lengths[head] = cache.length(head);
            longest = Math.max(longest, lengths[head]);
        }
        used = whole(longest);
        if (wanted && used > stride) {
            stride = whole(longest + longest / 8);
            scores = new float[queryHeads * stride];
            attention = null;
        }
        for (int head = 0; wanted && head < queryHeads; head++) {
            Arrays.fill(scores, head * stride, head * stride + used, Float.NEGATIVE_INFINITY);
        }
    }

    private static int whole(int tokens) {
        return (tokens + LANES - 1) / LANES * LANES;
    }

    /** Keeps the scores of a tile [group][128]. */
    void record(int kvHead, HeadCache head, int tile, float[] tileScores) {
        if (!wanted) {
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
        if (!wanted) {
            return;
        }
        VectorMath.exp(scores, queryHead * stride, used, max);
        for (int i = queryHead * stride; i < queryHead * stride + used; i += LANES) {
            FloatVector.fromArray(VectorWidth.FLOATS, scores, i).mul(scale).intoArray(scores, i);
        }
    }

    /** The step as its policy sees it, until the next step begins. */
    StepAttention attention() {
        if (attention == null) {
            attention = new StepAttention(queryHeads, lengths, stride, scores);
        }
        return attention;
    }
}
