package io.hayloft.kernels;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The selective scan of Mamba-1 with what is around it: {@code dt = softplus(step + bias)}, {@code h = exp(dt A) h + dt B x},
 * {@code y = (C h + D x) silu(z)}, each channel with a state of its own (Gu and Dao, "Mamba", arXiv 2312.00752, algorithm 2).
 *
 * <p>A task has 128 channels, because tokens lie far apart in memory and a piece of a row should be worth the way there. It
 * goes through the tokens in blocks; of 16 channels at a time first all decays, whose exponentials are most of the work, then
 * the recurrence in registers ({@link StateStep}). A row's result has the same bits wherever a chunk begins, and
 * for any number of threads and width of vectors.
 */
public final class SelectiveScan {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Channels of one task. */
    private static final int WIDTH = 128;

    /** Tokens of a block; the decays of {@link StateStep#NEIGHBOURS} channels fit the first-level cache. */
    private static final int BLOCK = 16;

    // The arrays of a block, one behind the other, each [BLOCK][WIDTH] but the last [BLOCK][stateSize][NEIGHBOURS].
    private static final int STEPS = 0;
    private static final int INPUTS = BLOCK * WIDTH;
    private static final int RESULTS = 2 * BLOCK * WIDTH;
    private static final int GATES = 3 * BLOCK * WIDTH;
    private static final int DECAYS = 4 * BLOCK * WIDTH;

    private static final double LOG2_E = 1 / Math.log(2);

    private final int channels;
    private final int stateSize;
    private final float[]
            decays; // A log2(e) [channels / NEIGHBOURS][stateSize][NEIGHBOURS]: exponentials are powers of 2
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
        int groups = (channels + StateStep.NEIGHBOURS - 1) / StateStep.NEIGHBOURS;
        this.decays = new float[groups * stateSize * StateStep.NEIGHBOURS];
        for (int channel = 0; channel < channels; channel++) {
            for (int n = 0; n < stateSize; n++) {
                int group = channel / StateStep.NEIGHBOURS * stateSize + n;
                this.decays[group * StateStep.NEIGHBOURS + channel % StateStep.NEIGHBOURS] =
                        (float) (decays[channel * stateSize + n] * LOG2_E);
            }
        }
        this.skip = skip;
        this.stepBias = stepBias;
    }

    /**
     * The input of a scan.
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
            var block = pool.workspace().tile(worker).ofSize(DECAYS + BLOCK * stateSize * StateStep.NEIGHBOURS);
            var sequence = sequences.get(task / groups);
            int channel = task % groups * WIDTH;
            int width = Math.min(WIDTH, channels - channel);
            for (int t = 0; t < sequence.rows(); t += BLOCK) {
                int tokens = Math.min(BLOCK, sequence.rows() - t);
                int row = sequence.first() + t;
                load(in, row, tokens, channel, width, block);
                prepare(tokens, channel, width, block);
                for (int c = 0; c < width; c += StateStep.NEIGHBOURS) {
                    int end = Math.min(width, c + StateStep.NEIGHBOURS);
                    decays(tokens, channel, c, end, block);
                    recur(in, row, tokens, sequence.state(), stateAt + channel, c, end, block);
                }
                finish(row, tokens, channel, width, block, out);
            }
        });
    }

    /** Copies the block's part of the inputs: plain copies wait for memory far less than arithmetic on it does. */
    private void load(Inputs in, int row, int tokens, int channel, int width, float[] block) {
        for (int t = 0; t < tokens; t++) {
            int from = (row + t) * channels + channel;
            int gate = (row + t) * in.gateStride + in.gateAt + channel;
            System.arraycopy(in.steps, from, block, STEPS + t * WIDTH, width);
            System.arraycopy(in.x, from, block, INPUTS + t * WIDTH, width);
            System.arraycopy(in.gates, gate, block, GATES + t * WIDTH, width);
        }
    }

    /** Step sizes, inputs and what goes past the state. */
    private void prepare(int tokens, int channel, int width, float[] block) {
        for (int at = 0; at < tokens * WIDTH; at += WIDTH) {
            int c = 0;
            for (; c <= width - L; c += L) {
                var step = Exp.softplus(FloatVector.fromArray(F, block, STEPS + at + c)
                        .add(FloatVector.fromArray(F, stepBias, channel + c)));
                var x = FloatVector.fromArray(F, block, INPUTS + at + c);
                step.intoArray(block, STEPS + at + c);
                step.mul(x).intoArray(block, INPUTS + at + c);
                x.mul(FloatVector.fromArray(F, skip, channel + c)).intoArray(block, RESULTS + at + c);
            }
            for (; c < width; c++) {
                float step = Exp.softplus(block[STEPS + at + c] + stepBias[channel + c]);
                float x = block[INPUTS + at + c];
                block[STEPS + at + c] = step;
                block[INPUTS + at + c] = step * x;
                block[RESULTS + at + c] = x * skip[channel + c];
            }
        }
    }

    /** Channels {@code first .. end-1} of the task. */
    private void decays(int tokens, int channel, int first, int end, float[] block) {
        int from = (channel + first) * stateSize;
        int count = decayStride();
        for (int t = 0; t < tokens; t++) {
            int step = STEPS + t * WIDTH + first;
            int to = DECAYS + t * count;
            int c = 0;
            for (; c <= end - first - L; c += L) {
                var s = FloatVector.fromArray(F, block, step + c);
                for (int i = c; i < count; i += StateStep.NEIGHBOURS) {
                    Exp.exp2(s.mul(FloatVector.fromArray(F, decays, from + i))).intoArray(block, to + i);
                }
            }
            for (; c < end - first; c++) {
                for (int i = c; i < count; i += StateStep.NEIGHBOURS) {
                    block[to + i] = Exp.exp2(block[step + c] * decays[from + i]);
                }
            }
        }
    }

    /** Where the block has the decay of its first token for one number of a neighbour's state. */
    private static int decayAt(int n, int neighbour) {
        return DECAYS + n * StateStep.NEIGHBOURS + neighbour;
    }

    /** How far apart decays of tokens lie. */
    private int decayStride() {
        return stateSize * StateStep.NEIGHBOURS;
    }

    /** Channels {@code first .. end-1} of the task. */
    private void recur(Inputs in, int row, int tokens, float[] state, int stateAt, int first, int end, float[] block) {
        int at = row * in.stride;
        var x = new StateStep.Tokens(
                tokens, in.parameters, at + in.bAt, at + in.cAt, in.stride, block, INPUTS, RESULTS, WIDTH);
        int c = first;
        for (; c <= end - L; c += L) {
            int n = 0;
            for (; n <= stateSize - StateStep.HELD; n += StateStep.HELD) {
                int decayAt = decayAt(n, c - first);
                StateStep.eight(state, stateAt + n * channels + c, channels, x, n, c, decayAt, decayStride());
            }
            for (; n < stateSize; n++) {
                for (int lane = c; lane < c + L; lane++) {
                    one(state, stateAt, x, n, lane, lane - first);
                }
            }
        }
        for (; c < end; c++) {
            for (int n = 0; n < stateSize; n++) {
                one(state, stateAt, x, n, c, c - first);
            }
        }
    }

    private void one(float[] state, int stateAt, StateStep.Tokens x, int n, int c, int neighbour) {
        StateStep.one(state, stateAt + n * channels + c, x, n, c, decayAt(n, neighbour), decayStride());
    }

    private void finish(int row, int tokens, int channel, int width, float[] block, float[] out) {
        for (int t = 0; t < tokens; t++) {
            int at = t * WIDTH;
            int to = (row + t) * channels + channel;
            VectorOps.siluMultiply(block, GATES + at, block, RESULTS + at, out, to, width);
        }
    }
}
