package io.hayloft.kernels;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The selective scan of Mamba-1 with what is around it: {@code dt = softplus(step + bias)}, {@code h = exp(dt A) h + dt B x},
 * {@code y = (C h + D x) silu(z)}, each channel with a state of its own (Gu and Dao, "Mamba", arXiv 2312.00752, algorithm 2).
 *
 * <p>A task has 16 channels and goes through the tokens in blocks: first all decays, whose exponentials are most of the
 * work, then the recurrence in registers ({@link StateStep}). A row's result has the same bits wherever a chunk begins, and
 * for any number of threads and width of vectors.
 */
public final class SelectiveScan {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Channels of one task: a multiple of every vector width. */
    private static final int WIDTH = 16;

    /** Tokens of a block; its decays fit the first-level cache. */
    private static final int BLOCK = 16;

    // The arrays of a block, one behind the other, each [BLOCK][WIDTH] but the last [BLOCK][stateSize][WIDTH].
    private static final int STEPS = 0;
    private static final int INPUTS = BLOCK * WIDTH;
    private static final int RESULTS = 2 * BLOCK * WIDTH;
    private static final int DECAYS = 3 * BLOCK * WIDTH;

    private static final double LOG2_E = 1 / Math.log(2);

    private final int channels;
    private final int stateSize;
    private final float[] decays; // A log2(e) [stateSize][channels], so that exponentials are powers of 2
    private final float[] skip;
    private final float[] stepBias;

    /**
     * The scan with these weights.
     *
     * @param decays A {@code [channels][stateSize]}, negative
     * @param skip D {@code [channels]}
     * @param stepBias {@code [channels]}
     */
    public SelectiveScan(float[] decays, float[] skip, float[] stepBias) {
        this.channels = skip.length;
        this.stateSize = decays.length / channels;
        this.decays = CausalConvolution.transposed(decays, stateSize);
        for (int i = 0; i < decays.length; i++) {
            this.decays[i] = (float) (this.decays[i] * LOG2_E);
        }
        this.skip = skip;
        this.stepBias = stepBias;
    }

    /**
     * What the scan reads.
     *
     * @param x {@code [rows][channels]}
     * @param steps {@code [rows][channels]}, before bias and softplus
     * @param parameters {@code [rows][stride]}, with B from {@code bAt} and C from {@code cAt} on, {@code stateSize} numbers each
     * @param gates {@code [rows][gateStride]}, z from {@code gateAt} on
     */
    public record Inputs(
            float[] x,
            float[] steps,
            float[] parameters,
            int stride,
            int bAt,
            int cAt,
            float[] gates,
            int gateStride,
            int gateAt) {}

    /**
     * Runs the rows of each sequence through the scan.
     *
     * @param stateAt where h {@code [stateSize][channels]} begins in the states
     * @param out receives {@code [rows][channels]}; may be {@code in.x()}
     */
    public void apply(Inputs in, List<StateRows> sequences, int stateAt, float[] out, WorkerPool pool) {
        int groups = (channels + WIDTH - 1) / WIDTH;
        long work = 0;
        for (var sequence : sequences) {
            work += 8L * sequence.rows() * channels * stateSize;
        }
        Linear.run(pool, groups * sequences.size(), work, (task, worker) -> {
            var block = pool.workspace().tile(worker).ofSize(DECAYS + BLOCK * stateSize * WIDTH);
            var sequence = sequences.get(task / groups);
            int channel = task % groups * WIDTH;
            int width = Math.min(WIDTH, channels - channel);
            for (int t = 0; t < sequence.rows(); t += BLOCK) {
                int tokens = Math.min(BLOCK, sequence.rows() - t);
                int row = sequence.first() + t;
                prepare(in, row, tokens, channel, width, block);
                decays(tokens, channel, width, block);
                recur(in, row, tokens, sequence.state(), stateAt + channel, width, block);
                finish(in, row, tokens, channel, width, block, out);
            }
        });
    }

    /** Step sizes, inputs and what goes past the state. */
    private void prepare(Inputs in, int row, int tokens, int channel, int width, float[] block) {
        for (int t = 0; t < tokens; t++) {
            int from = (row + t) * channels + channel;
            int to = t * WIDTH;
            int c = 0;
            for (; c <= width - L; c += L) {
                var step = Exp.softplus(FloatVector.fromArray(F, in.steps, from + c)
                        .add(FloatVector.fromArray(F, stepBias, channel + c)));
                var x = FloatVector.fromArray(F, in.x, from + c);
                step.intoArray(block, STEPS + to + c);
                step.mul(x).intoArray(block, INPUTS + to + c);
                x.mul(FloatVector.fromArray(F, skip, channel + c)).intoArray(block, RESULTS + to + c);
            }
            for (; c < width; c++) {
                float step = Exp.softplus(in.steps[from + c] + stepBias[channel + c]);
                block[STEPS + to + c] = step;
                block[INPUTS + to + c] = step * in.x[from + c];
                block[RESULTS + to + c] = in.x[from + c] * skip[channel + c];
            }
        }
    }

    private void decays(int tokens, int channel, int width, float[] block) {
        for (int n = 0; n < stateSize; n++) {
            int from = n * channels + channel;
            int c = 0;
            for (; c <= width - L; c += L) {
                var a = FloatVector.fromArray(F, decays, from + c);
                for (int t = 0; t < tokens; t++) {
                    Exp.exp2(a.mul(FloatVector.fromArray(F, block, STEPS + t * WIDTH + c)))
                            .intoArray(block, DECAYS + (t * stateSize + n) * WIDTH + c);
                }
            }
            for (; c < width; c++) {
                for (int t = 0; t < tokens; t++) {
                    block[DECAYS + (t * stateSize + n) * WIDTH + c] =
                            Exp.exp2(decays[from + c] * block[STEPS + t * WIDTH + c]);
                }
            }
        }
    }

    private void recur(Inputs in, int row, int tokens, float[] state, int stateAt, int width, float[] block) {
        int at = row * in.stride;
        var x = new StateStep.Tokens(
                tokens, in.parameters, at + in.bAt, at + in.cAt, in.stride, block, INPUTS, RESULTS, WIDTH);
        int c = 0;
        for (; c <= width - L; c += L) {
            int n = 0;
            for (; n <= stateSize - StateStep.HELD; n += StateStep.HELD) {
                StateStep.eight(state, stateAt + n * channels + c, channels, x, n, c, DECAYS, stateSize);
            }
            for (; n < stateSize; n++) {
                for (int lane = c; lane < c + L; lane++) {
                    one(state, stateAt, x, n, lane);
                }
            }
        }
        for (; c < width; c++) {
            for (int n = 0; n < stateSize; n++) {
                one(state, stateAt, x, n, c);
            }
        }
    }

    private void one(float[] state, int stateAt, StateStep.Tokens x, int n, int c) {
        StateStep.one(state, stateAt + n * channels + c, x, n, c, DECAYS + n * WIDTH + c, stateSize * WIDTH);
    }

    private void finish(Inputs in, int row, int tokens, int channel, int width, float[] block, float[] out) {
        for (int t = 0; t < tokens; t++) {
            int gate = (row + t) * in.gateStride + in.gateAt + channel;
            int to = (row + t) * channels + channel;
            VectorOps.siluMultiply(in.gates, gate, block, RESULTS + t * WIDTH, out, to, width);
        }
    }
}
