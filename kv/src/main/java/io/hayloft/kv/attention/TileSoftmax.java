package io.hayloft.kv.attention;

import io.hayloft.kernels.Exp;
import io.hayloft.kernels.Maximum;
import io.hayloft.kernels.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax over tokens that come in tiles of 128: keeps, for each row, the largest score so far, the sum of exponentials
 * relative to it, and the weighted sum of values relative to it.
 */
final class TileSoftmax {
    /** Tokens of a tile. Tiles begin at multiples of this, so that a row's sums are always split in the same way. */
    static final int TILE = 128;

    /** Where the largest score starts: below every real one, and finite, so that differences are numbers. */
    static final float LOWEST = -1e30f;

    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;
    private static final int SUM_LANES = VectorWidth.SUM_LANES;

    private float[] max = {};
    private float[] sums = {}; // [rows][SUM_LANES]: lanes are added at the end, in order
    private float[] out = {}; // [rows][stride]
    private int stride;

    /**
     * Starts anew.
     *
     * @param stride floats of a row's weighted sum
     */
    void begin(int rows, int stride) {
        this.stride = stride;
        if (max.length < rows) {
            max = new float[rows];
            sums = new float[rows * SUM_LANES];
        }
        if (out.length < rows * stride) {
            out = new float[rows * stride];
        }
        Arrays.fill(max, 0, rows, LOWEST);
        Arrays.fill(sums, 0, rows * SUM_LANES, 0);
        Arrays.fill(out, 0, rows * stride, 0);
    }

    /** Weighted sums of values [rows][stride], relative to the largest scores. */
    float[] out() {
        return out;
    }

    int stride() {
        return stride;
    }

    /** Largest score of a row. */
    float max(int row) {
        return max[row];
    }

    /** Turns scores [rows][128] into exponentials, where row i of them belongs to row {@code first + i} here. */
    void add(float[] scores, int first, int rows) {
        for (int i = 0; i < rows; i++) {
            int at = i * TILE;
            int row = first + i;
            float largest = largest(scores, at);
            if (largest > max[row]) {
                rescale(row, (float) Exp.precise(max[row] - largest));
                max[row] = largest;
            }
            exponentials(scores, at, row);
        }
    }

    private static float largest(float[] scores, int at) {
        var a = FloatVector.fromArray(FLOATS, scores, at);
        var b = FloatVector.fromArray(FLOATS, scores, at + LANES);
        for (int i = 2 * LANES; i < TILE; i += 2 * LANES) {
            a = Maximum.ofEach(a, FloatVector.fromArray(FLOATS, scores, at + i));
            b = Maximum.ofEach(b, FloatVector.fromArray(FLOATS, scores, at + i + LANES));
        }
        return Maximum.ofLanes(Maximum.ofEach(a, b));
    }

    private void rescale(int row, float factor) {
        for (int i = row * SUM_LANES; i < (row + 1) * SUM_LANES; i += LANES) {
            FloatVector.fromArray(FLOATS, sums, i).mul(factor).intoArray(sums, i);
        }
        for (int i = row * stride; i < (row + 1) * stride; i++) {
            out[i] *= factor;
        }
    }

    private void exponentials(float[] scores, int at, int row) {
        Exp.ofScores(scores, at, TILE, max[row]);
        for (int lane = 0; lane < SUM_LANES; lane += LANES) {
            var sum = FloatVector.fromArray(FLOATS, sums, row * SUM_LANES + lane);
            var other = FloatVector.zero(FLOATS);
            for (int i = at + lane; i < at + TILE; i += 2 * SUM_LANES) {
                sum = sum.add(FloatVector.fromArray(FLOATS, scores, i));
                other = other.add(FloatVector.fromArray(FLOATS, scores, i + SUM_LANES));
            }
            sum.add(other).intoArray(sums, row * SUM_LANES + lane);
        }
    }

    /** The state of the first rows between two tiles, for {@link #resume} [rows][largest score, sums, weighted sum]. */
    float[] saved(int rows) {
        int floats = 1 + SUM_LANES + stride;
        var saved = new float[rows * floats];
        for (int row = 0; row < rows; row++) {
            int at = row * floats;
            saved[at] = max[row];
            System.arraycopy(sums, row * SUM_LANES, saved, at + 1, SUM_LANES);
            System.arraycopy(out, row * stride, saved, at + 1 + SUM_LANES, stride);
        }
        return saved;
    }

    /**
     * Gives the first rows here the state of rows from {@code first} on.
     *
     * @param floats of a row that was saved; its weighted sum may be padded otherwise than here
     */
    void resume(float[] saved, int floats, int first, int rows) {
        int same = Math.min(stride, floats - 1 - SUM_LANES);
        for (int row = 0; row < rows; row++) {
            int at = (first + row) * floats;
            max[row] = saved[at];
            System.arraycopy(saved, at + 1, sums, row * SUM_LANES, SUM_LANES);
            System.arraycopy(saved, at + 1 + SUM_LANES, out, row * stride, same);
        }
    }

    /** Counts the sink of a row's query head; after all tiles. */
    void addSink(int row, AttentionShape shape, int queryHead) {
        float largest = shape.largestWithSink(queryHead, max[row]);
        if (largest > max[row]) {
            rescale(row, (float) Exp.precise(max[row] - largest));
            max[row] = largest;
        }
        sums[row * SUM_LANES] += shape.exponentialOfSink(queryHead, largest);
    }

    /** Sum of a row's exponentials, relative to its largest score. */
    float sum(int row) {
        float sum = 0;
        for (int lane = 0; lane < SUM_LANES; lane++) {
            sum += sums[row * SUM_LANES + lane];
        }
        return sum;
    }

    /** Writes a row's largest score, sum of exponentials, and the first floats of its weighted sum. */
    void write(int row, int floats, float[] to, int at) {
        to[at] = max[row];
        to[at + 1] = sum(row);
        System.arraycopy(out, row * stride, to, at + 2, floats);
    }

    /** One over {@link #sum}, 0 for a row that saw nothing. */
    float inverseSum(int row) {
        float sum = sum(row);
        return sum == 0 ? 0 : 1 / sum;
    }
}
