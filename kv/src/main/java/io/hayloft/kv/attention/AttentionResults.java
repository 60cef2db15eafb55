package io.hayloft.kv.attention;

import io.hayloft.kernels.Exp;
import java.util.Arrays;

/**
 * Results of rows of queries over some tokens, with what it takes to join them with results over other tokens. Query heads
 * are numbered over all rows: head h of row r is {@code r * queryHeads + h}.
 */
final class AttentionResults {
    private static final float[] NONE = {};

    private int headDim;
    private float[] out = NONE; // [heads][headDim]
    private float[] max = NONE; // largest score of each head
    private float[] inverseSum = NONE; // one over each head's sum of exponentials, 0 where nothing was seen

    /** Begins with heads that have seen nothing; allocates only where there is no room from before. */
    void begin(int headDim, int heads, float[] out) {
        this.headDim = headDim;
        this.out = out;
        if (max.length < heads) {
            max = new float[heads];
            inverseSum = new float[heads];
        } else {
            Arrays.fill(inverseSum, 0, heads, 0);
        }
    }

    /** Lets go of the caller's array. */
    void end() {
        out = NONE;
    }

    float[] out() {
        return out;
    }

    float max(int head) {
        return max[head];
    }

    float inverseSum(int head) {
        return inverseSum[head];
    }

    /** Sets a head's largest score, which its exponentials are relative to, and one over their sum. */
    void set(int head, float largest, float inverse) {
        max[head] = largest;
        inverseSum[head] = inverse;
    }

    /**
     * Joins the softmax of a head with the one of another head over other tokens into one over all of them. Probabilities of
     * this head's tokens are then relative to the new {@link #inverseSum}.
     */
    void join(int head, AttentionResults other, int otherHead) {
        float otherInverse = other.inverseSum[otherHead];
        if (otherInverse == 0) {
            return;
        }
        int at = head * headDim;
        int otherAt = otherHead * headDim;
        if (inverseSum[head] == 0) {
            System.arraycopy(other.out, otherAt, out, at, headDim);
            return;
        }
        double difference = (double) other.max[otherHead] - max[head];
        double share = 1 / (1 + Exp.precise(difference) * inverseSum[head] / otherInverse);
        float mine = (float) share;
        float others = (float) (1 - share);
        for (int c = 0; c < headDim; c++) {
            out[at + c] = out[at + c] * mine + other.out[otherAt + c] * others;
        }
        inverseSum[head] *= mine;
    }
}
