package io.hayloft.kernels;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gated delta rule: {@code S = α S}, {@code S = S + k (β (v - Sᵀ k))ᵀ}, {@code y = Sᵀ q} with a state {@code S}
 * [keyDim][valueDim] a head (Yang, Kautz and Hatamizadeh, "Gated Delta Networks", arXiv 2412.06464, section 3).
 *
 * <p>Token by token, the vector lane being a channel of the values, so that a row's result has the same bits wherever a chunk
 * begins, and for any number of threads and width of vectors.
 */
public final class DeltaScan {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Channels of a task: a state of 128 keys for them fits the first-level cache. */
    private static final int BLOCK = 32;

    private final Shape shape;

    /**
     * Sizes.
     *
     * @param heads heads of the values, each with a state
     * @param keyHeads heads of queries and keys; divides {@code heads}, neighbours share one
     */
    public record Shape(int heads, int keyHeads, int keyDim, int valueDim) {
        /** Channels of the queries of a row, and of the keys. */
        public int keyWidth() {
            return keyHeads * keyDim;
        }

        /** Channels of the values of a row. */
        public int valueWidth() {
            return heads * valueDim;
        }
    }

    /**
     * The input of a scan.
     *
     * @param x {@code [rows][stride]}: queries, then keys, [keyHeads][keyDim] each, then values [heads][valueDim]
     * @param rates {@code [rows][2 * heads]}: β of each head, then α
     */
    public record Inputs(float[] x, int stride, float[] rates) {}

    /** The scan of these sizes. */
    public DeltaScan(Shape shape) {
        this.shape = shape;
    }

    /**
     * Runs the rows of each sequence through the scan.
     *
     * @param stateAt where S {@code [heads][keyDim][valueDim]} begins in the states
     * @param out receives {@code [rows][heads * valueDim]}
     */
    public void apply(Inputs in, List<StateRows> sequences, int stateAt, float[] out, WorkerPool pool) {
        int blocks = (shape.valueDim + BLOCK - 1) / BLOCK;
        int tasks = shape.heads * blocks;
        long work = 0;
        for (var sequence : sequences) {
            work += 4L * sequence.rows() * shape.valueWidth() * shape.keyDim;
        }
        Linear.run(pool, tasks * sequences.size(), work, (task, worker) -> {
            var sequence = sequences.get(task / tasks);
            int head = task % tasks / blocks;
            int from = task % blocks * BLOCK;
            int to = Math.min(shape.valueDim, from + BLOCK);
            for (int row = sequence.first(); row < sequence.first() + sequence.rows(); row++) {
                step(in, row, head, from, to, sequence.state(), stateAt, out);
            }
        });
    }

    /** One token, for channels {@code from .. to-1} of a head. */
    private void step(Inputs in, int row, int head, int from, int to, float[] state, int stateAt, float[] out) {
        int q = row * in.stride + head / (shape.heads / shape.keyHeads) * shape.keyDim;
        int k = q + shape.keyWidth();
        int v = row * in.stride + 2 * shape.keyWidth() + head * shape.valueDim;
        int s = stateAt + head * shape.keyDim * shape.valueDim;
        int y = row * shape.valueWidth() + head * shape.valueDim;
        float beta = in.rates[row * 2 * shape.heads + head];
        float alpha = in.rates[(row * 2 + 1) * shape.heads + head];
        int c = from;
        for (; c <= to - L; c += L) {
            vector(in.x, q, k, v + c, alpha, beta, state, s + c, out, y + c);
        }
        for (; c < to; c++) {
            one(in.x, q, k, v + c, alpha, beta, state, s + c, out, y + c);
        }
    }

    private void vector(
            float[] x, int q, int k, int v, float alpha, float beta, float[] state, int s, float[] out, int y) {
        int stride = shape.valueDim;
        var known = FloatVector.zero(F); // what the state returns for the key
        for (int i = 0, at = s; i < shape.keyDim; i++, at += stride) {
            var h = FloatVector.fromArray(F, state, at).mul(alpha);
            h.intoArray(state, at);
            known = h.fma(FloatVector.broadcast(F, x[k + i]), known);
        }
        var delta = FloatVector.fromArray(F, x, v).sub(known).mul(beta);
        var sum = FloatVector.zero(F);
        for (int i = 0, at = s; i < shape.keyDim; i++, at += stride) {
            var h = delta.fma(FloatVector.broadcast(F, x[k + i]), FloatVector.fromArray(F, state, at));
            h.intoArray(state, at);
            sum = h.fma(FloatVector.broadcast(F, x[q + i]), sum);
        }
        sum.intoArray(out, y);
    }

    /** The same for one channel, to the bit. */
    private void one(
            float[] x, int q, int k, int v, float alpha, float beta, float[] state, int s, float[] out, int y) {
        int stride = shape.valueDim;
        float known = 0;
        for (int i = 0, at = s; i < shape.keyDim; i++, at += stride) {
            state[at] *= alpha;
            known = Math.fma(state[at], x[k + i], known);
        }
        float delta = (x[v] - known) * beta;
        float sum = 0;
        for (int i = 0, at = s; i < shape.keyDim; i++, at += stride) {
            state[at] = Math.fma(delta, x[k + i], state[at]);
            sum = Math.fma(state[at], x[q + i], sum);
        }
        out[y] = sum;
    }

    /** β = sigmoid(b), α = exp(a softplus(step + bias)), in place of b and the step in rates {@code [2 * heads]} from {@code at} on. */
    public static void rates(float[] rates, int at, float[] decays, float[] stepBias) {
        int heads = decays.length;
        ActivationOps.sigmoid(rates, at, heads);
        for (int head = 0; head < heads; head++) {
            float step = Exp.softplus(rates[at + heads + head] + stepBias[head]);
            rates[at + heads + head] = Exp.exp(step * decays[head]);
        }
    }
}
