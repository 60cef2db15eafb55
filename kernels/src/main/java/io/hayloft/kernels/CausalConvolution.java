package io.hayloft.kernels;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * A causal convolution of each channel on its own, then SiLU: {@code y[t] = silu(bias + Σ_k w[k] x[t - taps + 1 + k])}; SiLU is
 * left out in a {@link #plain} one. The inputs before the first row lie in the state, which the last inputs replace.
 *
 * <p>A row's result has the same bits wherever a chunk begins, and for any number of threads and width of vectors.
 */
public final class CausalConvolution {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Rows and channels of one task: rows lie apart in memory, so a task takes a long piece of each. */
    private static final int ROWS = 16;

    private static final int WIDTH = 512;

    private final int channels;
    private final int taps;
    private final float[] weights;
    private final float @Nullable [] bias;
    private final boolean silu;

    /**
     * The convolution with these weights.
     *
     * @param weights {@code [channels][taps]}, the newest token last
     * @param bias {@code [channels]}; null for none
     */
    public CausalConvolution(float[] weights, int taps, float @Nullable [] bias) {
        this(weights, taps, bias, true);
    }

    /** The same without SiLU. */
    public static CausalConvolution plain(float[] weights, int taps, float @Nullable [] bias) {
        return new CausalConvolution(weights, taps, bias, false);
    }

    private CausalConvolution(float[] weights, int taps, float @Nullable [] bias, boolean silu) {
        this.channels = weights.length / taps;
        this.taps = taps;
        this.weights = transposed(weights, taps);
        this.bias = bias;
        this.silu = silu;
    }

    /** {@code [channels][n]} to {@code [n][channels]}, where neighbouring channels lie side by side. */
    static float[] transposed(float[] matrix, int n) {
        int channels = matrix.length / n;
        var columns = new float[matrix.length];
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < n; i++) {
                columns[i * channels + channel] = matrix[channel * n + i];
            }
        }
        return columns;
    }

    /** Floats at the beginning of a state that hold inputs: {@code [taps - 1][channels]}, the newest last. */
    public int stateFloats() {
        return (taps - 1) * channels;
    }

    /**
     * Runs the rows of each sequence through the convolution.
     *
     * @param x {@code [rows][stride]}, of which this reads the channels from {@code xAt} on
     * @param out receives {@code [rows][channels]}
     */
    public void apply(float[] x, int xAt, int stride, List<StateRows> sequences, float[] out, WorkerPool pool) {
        int most = 0;
        long work = 0;
        for (var sequence : sequences) {
            most = Math.max(most, sequence.rows());
            work += 16L * sequence.rows() * channels;
        }
        int across = (channels + WIDTH - 1) / WIDTH;
        int tasks = (most + ROWS - 1) / ROWS * across; // of a sequence; a short one leaves its last ones empty
        Linear.run(pool, tasks * sequences.size(), work, (task, worker) -> {
            var sequence = sequences.get(task / tasks);
            int row = task % tasks / across * ROWS;
            int from = task % across * WIDTH;
            int end = Math.min(sequence.rows(), row + ROWS);
            rows(x, xAt, stride, sequence, row, end, out, from, Math.min(channels, from + WIDTH));
        });
        // Only now: the first rows of a sequence still needed the state as it was.
        Linear.run(
                pool,
                sequences.size(),
                (long) sequences.size() * stateFloats(),
                (task, worker) -> remember(x, xAt, stride, sequences.get(task)));
    }

    /** Rows {@code first .. end-1} of the sequence, channels {@code from .. to-1}. */
    private void rows(
            float[] x, int xAt, int stride, StateRows sequence, int first, int end, float[] out, int from, int to) {
        for (int t = first; t < end; t++) {
            int row = xAt + (sequence.first() + t) * stride;
            int before = Math.max(0, taps - 1 - t); // taps that meet an input of the state
            int outAt = (sequence.first() + t) * channels;
            int c = from;
            for (; c <= to - L; c += L) {
                vector(x, row - (taps - 1) * stride, stride, sequence.state(), t * channels, before, c)
                        .intoArray(out, outAt + c);
            }
            for (; c < to; c++) {
                out[outAt + c] = one(x, row - (taps - 1) * stride, stride, sequence.state(), t * channels, before, c);
            }
        }
    }

    /** A vector of channels of one row; x begins with the row's oldest input, {@code stateAt} is that of the state. */
    private FloatVector vector(float[] x, int xAt, int stride, float[] state, int stateAt, int before, int c) {
        var sum = bias == null ? FloatVector.zero(F) : FloatVector.fromArray(F, bias, c);
        for (int k = 0; k < before; k++) {
            sum = FloatVector.fromArray(F, state, stateAt + k * channels + c)
                    .fma(FloatVector.fromArray(F, weights, k * channels + c), sum);
        }
        for (int k = before; k < taps; k++) {
            sum = FloatVector.fromArray(F, x, xAt + k * stride + c)
                    .fma(FloatVector.fromArray(F, weights, k * channels + c), sum);
        }
        return silu ? sum.div(Exp.exp(sum.neg()).add(1)) : sum;
    }

    /** The same for one channel, to the bit. */
    float one(float[] x, int xAt, int stride, float[] state, int stateAt, int before, int c) {
        float sum = bias == null ? 0 : bias[c];
        for (int k = 0; k < taps; k++) {
            float input = k < before ? state[stateAt + k * channels + c] : x[xAt + k * stride + c];
            sum = Math.fma(input, weights[k * channels + c], sum);
        }
        return silu ? sum / (Exp.exp(-sum) + 1) : sum;
    }

    /** The state becomes the last inputs; with few rows some stay and move up. */
    private void remember(float[] x, int xAt, int stride, StateRows sequence) {
        int edge = taps - 1;
        for (int i = 0; i < edge; i++) {
            int row = sequence.rows() - edge + i;
            int source = row < 0 ? (edge + row) * channels : xAt + (sequence.first() + row) * stride;
            System.arraycopy(row < 0 ? sequence.state() : x, source, sequence.state(), i * channels, channels);
        }
    }
}
