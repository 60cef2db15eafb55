package io.hayloft.kernels;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The operations of RWKV-5 beside its linear layers (Peng et al., "Eagle and Finch", arXiv 2404.05892, section 4).
 *
 * <p>Results do not depend on the vector width, nor on how a text is cut into chunks.
 */
public final class RwkvOps {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    private RwkvOps() {}

    /** Token shift: {@code out = x ⊙ mix + before ⊙ (1 - mix)}, of n channels; before is the row of the token before. */
    public static void shift(
            float[] x, int at, float[] before, int beforeAt, float[] mix, float[] out, int outAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var m = FloatVector.fromArray(F, mix, i);
            var rest =
                    FloatVector.fromArray(F, before, beforeAt + i).mul(m.neg().add(1));
            FloatVector.fromArray(F, x, at + i).fma(m, rest).intoArray(out, outAt + i);
        }
        for (; i < n; i++) {
            out[outAt + i] = Math.fma(x[at + i], mix[i], before[beforeAt + i] * (-mix[i] + 1));
        }
    }

    /** {@code out = x / (1 + exp(-gate))}, all from {@code at} on; {@code out} may be either input. */
    public static void sigmoidMultiply(float[] gate, float[] x, float[] out, int at, int n) {
        int i = at;
        for (; i <= at + n - L; i += L) {
            var e = Exp.exp(FloatVector.fromArray(F, gate, i).neg());
            FloatVector.fromArray(F, x, i).div(e.add(1)).intoArray(out, i);
        }
        for (; i < at + n; i++) {
            out[i] = x[i] / (Exp.exp(-gate[i]) + 1);
        }
    }

    /**
     * Normalises each head of a row in place, then weighs its channels: {@code x = (x - mean) / sqrt(variance + epsilon) *
     * weight + bias}. Mean and variance are taken in double precision.
     *
     * @param weight {@code [heads * size]}
     * @param bias {@code [heads * size]}
     */
    public static void groupNorm(float[] x, int at, int heads, float[] weight, float[] bias, double epsilon) {
        int size = weight.length / heads;
        for (int head = 0; head < heads; head++) {
            int from = at + head * size;
            double mean = RowOps.sum(x, from, size) / size;
            double squares = 0;
            for (int i = from; i < from + size; i++) {
                double d = x[i] - mean;
                squares += d * d;
            }
            double factor = 1 / Math.sqrt(squares / size + epsilon);
            for (int i = 0; i < size; i++) {
                int channel = head * size + i;
                x[from + i] = Math.fma((float) ((x[from + i] - mean) * factor), weight[channel], bias[channel]);
            }
        }
    }

    /**
     * The weights of the recurrence.
     *
     * @param decay w {@code [heads * size]}
     * @param bonus u {@code [heads * size]}
     */
    public record Heads(int heads, int size, float[] decay, float[] bonus) {
        int width() {
            return heads * size;
        }
    }

    /**
     * Runs the recurrence of each sequence of a batch.
     *
     * @param stateAt where the matrices of the heads {@code [heads][size][size]} lie in a state
     */
    public static void timeMix(Heads heads, TimeMix rows, List<StateRows> sequences, int stateAt, WorkerPool pool) {
        long work = 0;
        for (var sequence : sequences) {
            work += 2L * sequence.rows() * heads.width() * heads.size;
        }
        Linear.run(pool, heads.heads * sequences.size(), work, (task, worker) -> {
            var sequence = sequences.get(task / heads.heads);
            int head = task % heads.heads;
            int at = stateAt + head * heads.size * heads.size;
            rows.run(heads, head, sequence.first(), sequence.rows(), sequence.state(), at);
        });
    }

    /**
     * The inputs and results of the recurrence, in which the state of a head is a matrix S from channels of the key to channels
     * of the value: {@code out_j = Σ_i r_i (u_i k_i v_j + S_ij)}, then {@code S_ij = w_i S_ij + k_i v_j}.
     *
     * @param receptance r {@code [rows][heads * size]}
     * @param key k {@code [rows][heads * size]}
     * @param value v {@code [rows][heads * size]}
     * @param out receives {@code [rows][heads * size]}
     */
    public record TimeMix(float[] receptance, float[] key, float[] value, float[] out) {
        /**
         * Runs one head over rows of one sequence.
         *
         * @param state S of the head before the first row {@code [size][size]} at {@code at}; becomes S after the last
         */
        void run(Heads heads, int head, int first, int rows, float[] state, int at) {
            int size = heads.size;
            for (int row = first; row < first + rows; row++) {
                int i = row * heads.width() + head * size;
                step(i, head * size, size, heads.decay, heads.bonus, state, at);
            }
        }

        /** One row; {@code i} is the head's first channel in the row, {@code channel} in decay and bonus. */
        private void step(int i, int channel, int size, float[] decay, float[] bonus, float[] state, int at) {
            float own = own(i, channel, size, bonus);
            int j = 0;
            for (; j <= size - 4 * L; j += 4 * L) {
                fourVectors(i, j, channel, size, own, decay, state, at);
            }
            for (; j <= size - L; j += L) {
                var v = FloatVector.fromArray(F, value, i + j);
                var sum = v.mul(own);
                for (int c = 0; c < size; c++) {
                    var s = FloatVector.fromArray(F, state, at + c * size + j);
                    sum = s.fma(s.broadcast(receptance[i + c]), sum);
                    s.fma(s.broadcast(decay[channel + c]), v.mul(key[i + c])).intoArray(state, at + c * size + j);
                }
                sum.intoArray(out, i + j);
            }
            for (; j < size; j++) {
                float v = value[i + j];
                float sum = v * own;
                for (int c = 0; c < size; c++) {
                    float s = state[at + c * size + j];
                    sum = Math.fma(s, receptance[i + c], sum);
                    state[at + c * size + j] = Math.fma(s, decay[channel + c], v * key[i + c]);
                }
                out[i + j] = sum;
            }
        }

        /** {@code Σ_i r_i u_i k_i}: what the token gets of its own value. Four interleaved partial sums. */
        private float own(int i, int channel, int size, float[] bonus) {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            int n = 0;
            for (; n <= size - 4; n += 4) {
                a = Math.fma(receptance[i + n] * bonus[channel + n], key[i + n], a);
                b = Math.fma(receptance[i + n + 1] * bonus[channel + n + 1], key[i + n + 1], b);
                c = Math.fma(receptance[i + n + 2] * bonus[channel + n + 2], key[i + n + 2], c);
                d = Math.fma(receptance[i + n + 3] * bonus[channel + n + 3], key[i + n + 3], d);
            }
            for (; n < size; n++) {
                a = Math.fma(receptance[i + n] * bonus[channel + n], key[i + n], a);
            }
            return (a + b) + (c + d);
        }

        private void fourVectors(int i, int j, int channel, int size, float own, float[] decay, float[] state, int at) {
            var v0 = FloatVector.fromArray(F, value, i + j);
            var v1 = FloatVector.fromArray(F, value, i + j + L);
            var v2 = FloatVector.fromArray(F, value, i + j + 2 * L);
            var v3 = FloatVector.fromArray(F, value, i + j + 3 * L);
            var sum0 = v0.mul(own);
            var sum1 = v1.mul(own);
            var sum2 = v2.mul(own);
            var sum3 = v3.mul(own);
            for (int c = 0; c < size; c++) {
                int from = at + c * size + j;
                var r = FloatVector.broadcast(F, receptance[i + c]);
                var k = FloatVector.broadcast(F, key[i + c]);
                var w = FloatVector.broadcast(F, decay[channel + c]);
                var s0 = FloatVector.fromArray(F, state, from);
                var s1 = FloatVector.fromArray(F, state, from + L);
                var s2 = FloatVector.fromArray(F, state, from + 2 * L);
                var s3 = FloatVector.fromArray(F, state, from + 3 * L);
                sum0 = s0.fma(r, sum0);
                sum1 = s1.fma(r, sum1);
                sum2 = s2.fma(r, sum2);
                sum3 = s3.fma(r, sum3);
                s0.fma(w, v0.mul(k)).intoArray(state, from);
                s1.fma(w, v1.mul(k)).intoArray(state, from + L);
                s2.fma(w, v2.mul(k)).intoArray(state, from + 2 * L);
                s3.fma(w, v3.mul(k)).intoArray(state, from + 3 * L);
            }
            sum0.intoArray(out, i + j);
            sum1.intoArray(out, i + j + L);
            sum2.intoArray(out, i + j + 2 * L);
            sum3.intoArray(out, i + j + 3 * L);
        }
    }
}
