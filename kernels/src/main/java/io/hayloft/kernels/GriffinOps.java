package io.hayloft.kernels;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The real-gated linear recurrent unit (De et al., "Griffin", arXiv 2402.19427, section 2.4):
 * {@code h_t = a_t ⊙ h_{t-1} + sqrt(1 - a_t²) ⊙ (i_t ⊙ x_t)} with {@code a_t = exp(rate ⊙ r_t)}, where i and r are sigmoids of the
 * input gate and the recurrence gate, and {@code rate = -8 softplus(Λ)}.
 *
 * <p>Results do not depend on the vector width, nor on how a text is cut into chunks.
 */
public final class GriffinOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Above this argument {@code 1 - e^z} is taken from its Taylor polynomial, which keeps small results exact. */
    private static final float SMALL = -0.25f;

    private static final float E2 = 1f / 2;
    private static final float E3 = 1f / 6;
    private static final float E4 = 1f / 24;
    private static final float E5 = 1f / 120;
    private static final float E6 = 1f / 720;

    /** Channels of one task. */
    private static final int BLOCK = 128;

    private GriffinOps() {}

    /**
     * The coefficients of one token, from its gates before their sigmoids, all rows from {@code at} on.
     *
     * @param x {@code [n]}
     * @param input the input gate {@code [n]}; becomes {@code sqrt(1 - a²) i x}, or {@code i x} for the first token of a text
     * @param recurrence the recurrence gate {@code [n]}; becomes a
     * @param rate {@code [n]}, from 0 on
     */
    public static void gate(float[] x, float[] input, float[] recurrence, int at, int n, float[] rate, boolean first) {
        gateInput(x, input, at, n);
        exponent(recurrence, at, n, rate);
        if (first) {
            RowOps.expOfDifference(recurrence, at, n, 0, recurrence, at);
        } else {
            normalise(input, recurrence, at, n);
        }
    }

    /** {@code input = x / (1 + exp(-input))}. */
    private static void gateInput(float[] x, float[] input, int at, int n) {
        int i = at;
        for (; i <= at + n - L; i += L) {
            var e = Exp.exp(FloatVector.fromArray(F, input, i).neg());
            FloatVector.fromArray(F, x, i).div(e.add(1)).intoArray(input, i);
        }
        for (; i < at + n; i++) {
            input[i] = x[i] / (Exp.exp(-input[i]) + 1);
        }
    }

    /** {@code gate = rate / (1 + exp(-gate))}. */
    private static void exponent(float[] gate, int at, int n, float[] rate) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var e = Exp.exp(FloatVector.fromArray(F, gate, at + i).neg());
            FloatVector.fromArray(F, rate, i).div(e.add(1)).intoArray(gate, at + i);
        }
        for (; i < n; i++) {
            gate[at + i] = rate[i] / (Exp.exp(-gate[at + i]) + 1);
        }
    }

    /** {@code input *= sqrt(1 - exp(2 exponent))}, then {@code exponent = exp(exponent)}. */
    private static void normalise(float[] input, float[] exponent, int at, int n) {
        int i = at;
        for (; i <= at + n - L; i += L) {
            var a = FloatVector.fromArray(F, exponent, i);
            var e = Exp.exp(a);
            var z = a.add(a);
            var p = z.fma(z.broadcast(E6), z.broadcast(E5));
            p = p.fma(z, z.broadcast(E4));
            p = p.fma(z, z.broadcast(E3));
            p = p.fma(z, z.broadcast(E2));
            p = p.fma(z, z.broadcast(1)).mul(z.neg());
            var rest = e.mul(e).neg().add(1).blend(p, z.compare(VectorOperators.GT, SMALL));
            FloatVector.fromArray(F, input, i).mul(rest.sqrt()).intoArray(input, i);
            e.intoArray(exponent, i);
        }
        for (; i < at + n; i++) {
            float e = Exp.exp(exponent[i]);
            float z = exponent[i] + exponent[i];
            float p = Math.fma(z, E6, E5);
            p = Math.fma(p, z, E4);
            p = Math.fma(p, z, E3);
            p = Math.fma(p, z, E2);
            p = Math.fma(p, z, 1) * -z;
            float rest = z > SMALL ? p : -(e * e) + 1;
            input[i] = input[i] * (float) Math.sqrt(rest);
            exponent[i] = e;
        }
    }

    /**
     * The recurrence of each sequence of a batch: {@code h = decay ⊙ h + input}, row after row.
     *
     * @param decay {@code [rows][width]}
     * @param input {@code [rows][width]}, overwritten with h of each row
     * @param stateAt where h {@code [width]} lies in a state
     */
    public static void scan(
            float[] decay, float[] input, int width, List<StateRows> sequences, int stateAt, WorkerPool pool) {
        int blocks = (width + BLOCK - 1) / BLOCK;
        long work = 0;
        for (var sequence : sequences) {
            work += (long) sequence.rows() * width;
        }
        Linear.run(pool, blocks * sequences.size(), work, (task, worker) -> {
            var sequence = sequences.get(task / blocks);
            int from = task % blocks * BLOCK;
            new Scan(decay, input, width, sequence.first(), sequence.rows())
                    .run(from, Math.min(width, from + BLOCK), sequence.state(), stateAt);
        });
    }

    /**
     * The recurrence of some rows of one sequence: {@code h = decay ⊙ h + input}, row after row.
     *
     * @param decay {@code [..][width]}
     * @param input {@code [..][width]}, overwritten with h of each row
     * @param first the first row
     * @param rows number of rows
     */
    record Scan(float[] decay, float[] input, int width, int first, int rows) {
        /**
         * Runs channels {@code from .. to-1}; their states stay in registers from the first row to the last.
         *
         * @param state h before the first row {@code [width]} at {@code at}; becomes h after the last
         */
        void run(int from, int to, float[] state, int at) {
            int c = from;
            for (; c <= to - 4 * L; c += 4 * L) {
                fourVectors(c, state, at + c);
            }
            for (; c <= to - L; c += L) {
                var h = FloatVector.fromArray(F, state, at + c);
                for (int t = first; t < first + rows; t++) {
                    int i = t * width + c;
                    h = FloatVector.fromArray(F, decay, i).fma(h, FloatVector.fromArray(F, input, i));
                    h.intoArray(input, i);
                }
                h.intoArray(state, at + c);
            }
            for (; c < to; c++) {
                float h = state[at + c];
                for (int t = first; t < first + rows; t++) {
                    h = Math.fma(decay[t * width + c], h, input[t * width + c]);
                    input[t * width + c] = h;
                }
                state[at + c] = h;
            }
        }

        private void fourVectors(int c, float[] state, int at) {
            var h0 = FloatVector.fromArray(F, state, at);
            var h1 = FloatVector.fromArray(F, state, at + L);
            var h2 = FloatVector.fromArray(F, state, at + 2 * L);
            var h3 = FloatVector.fromArray(F, state, at + 3 * L);
            for (int t = first; t < first + rows; t++) {
                int i = t * width + c;
                h0 = FloatVector.fromArray(F, decay, i).fma(h0, FloatVector.fromArray(F, input, i));
                h1 = FloatVector.fromArray(F, decay, i + L).fma(h1, FloatVector.fromArray(F, input, i + L));
                h2 = FloatVector.fromArray(F, decay, i + 2 * L).fma(h2, FloatVector.fromArray(F, input, i + 2 * L));
                h3 = FloatVector.fromArray(F, decay, i + 3 * L).fma(h3, FloatVector.fromArray(F, input, i + 3 * L));
                h0.intoArray(input, i);
                h1.intoArray(input, i + L);
                h2.intoArray(input, i + 2 * L);
                h3.intoArray(input, i + 3 * L);
            }
            h0.intoArray(state, at);
            h1.intoArray(state, at + L);
            h2.intoArray(state, at + 2 * L);
            h3.intoArray(state, at + 3 * L);
        }
    }
}
