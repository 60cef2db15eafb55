package io.hayloft.kernels;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The scan of Mamba-2: {@code dt = softplus(step + bias)} within limits, {@code h = exp(dt a) h + dt x Bᵀ},
 * {@code y = h C + d x}, where the whole state {@code [headDim][stateSize]} of a head decays by one number (Dao and Gu,
 * "Transformers are SSMs", arXiv 2405.21060, section 7).
 *
 * <p>Token by token in registers ({@link StateStep}), so that a row's result has the same bits wherever a chunk begins. The
 * paper's other form, blocks of tokens as matrix products (SSD), rounds differently for every place at which a block may begin,
 * and a decode step would have to add up the tokens of its block anew. With 512-bit vectors it is hardly
 * faster: both took 6.8 ms at best for 512 tokens of 24 heads of 64 channels and 128 numbers of state (docs/performance.md).
 */
public final class HeadScan {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Tokens of a block, a multiple of every vector width; inputs and results of a head fit the first-level cache. */
    private static final int BLOCK = 32;

    private final Shape shape;
    private final float[] decays;
    private final float[] skip;
    private final float[] stepBias;
    private final float leastStep;
    private final float mostStep;

    /**
     * Sizes.
     *
     * @param groups groups of neighbouring heads that share B and C
     */
    public record Shape(int heads, int headDim, int groups, int stateSize) {}

    /**
     * The input of a scan.
     *
     * @param x {@code [rows][stride]}: inputs [heads][headDim], then B, then C, [groups][stateSize] each
     * @param steps {@code [rows][stepStride]}, step sizes of all heads from {@code stepAt} on, before bias and softplus
     */
    public record Inputs(float[] x, int stride, float[] steps, int stepStride, int stepAt) {}

    /**
     * The scan with these weights.
     *
     * @param decays a {@code [heads]}, negative
     * @param skip d {@code [heads]}
     * @param stepBias {@code [heads]}
     * @param limits smallest and largest step size
     */
    public HeadScan(Shape shape, float[] decays, float[] skip, float[] stepBias, List<Double> limits) {
        this.shape = shape;
        this.decays = decays;
        this.skip = skip;
        this.stepBias = stepBias;
        this.leastStep = limits.getFirst().floatValue();
        this.mostStep = limits.getLast().floatValue();
    }

    /**
     * Runs the rows of each sequence through the scan.
     *
     * @param stateAt where h {@code [heads][stateSize][headDim]} begins in the states
     * @param out receives {@code [rows][heads * headDim]}
     */
    public void apply(Inputs in, List<StateRows> sequences, int stateAt, float[] out, WorkerPool pool) {
        int heads = shape.heads;
        int headDim = shape.headDim;
        long work = 0;
        for (var sequence : sequences) {
            work += 3L * sequence.rows() * heads * headDim * shape.stateSize;
        }
        Linear.run(pool, heads * sequences.size(), work, (task, worker) -> {
            var block = pool.workspace().tile(worker).ofSize(BLOCK + 2 * BLOCK * headDim);
            var sequence = sequences.get(task / heads);
            int head = task % heads;
            int headAt = stateAt + head * shape.stateSize * headDim;
            for (int t = 0; t < sequence.rows(); t += BLOCK) {
                int tokens = Math.min(BLOCK, sequence.rows() - t);
                int row = sequence.first() + t;
                prepare(in, row, tokens, head, block);
                recur(in, row, tokens, head, sequence.state(), headAt, block);
                for (int i = 0; i < tokens; i++) {
                    int to = ((row + i) * heads + head) * headDim;
                    System.arraycopy(block, results() + i * headDim, out, to, headDim);
                }
            }
        });
    }

    // The arrays of a block: decays [BLOCK], inputs [BLOCK][headDim], results [BLOCK][headDim].
    private int results() {
        return BLOCK + BLOCK * shape.headDim;
    }

    private void prepare(Inputs in, int row, int tokens, int head, float[] block) {
        int headDim = shape.headDim;
        int steps = row * in.stepStride + in.stepAt + head;
        for (int t = 0; t < tokens; t++) {
            block[t] = in.steps[steps + t * in.stepStride] + stepBias[head];
        }
        Arrays.fill(block, tokens, BLOCK, 0);
        for (int t = 0; t < BLOCK; t += L) {
            Exp.softplus(FloatVector.fromArray(F, block, t))
                    .max(leastStep)
                    .min(mostStep)
                    .intoArray(block, t);
        }
        for (int t = 0; t < tokens; t++) {
            int x = (row + t) * in.stride + head * headDim;
            int to = BLOCK + t * headDim;
            System.arraycopy(in.x, x, block, to, headDim);
            System.arraycopy(in.x, x, block, results() + t * headDim, headDim);
            VectorOps.scale(block, to, headDim, block[t]);
        }
        VectorOps.scale(block, results(), tokens * headDim, skip[head]);
        for (int t = 0; t < BLOCK; t += L) {
            Exp.exp(FloatVector.fromArray(F, block, t).mul(decays[head])).intoArray(block, t);
        }
    }

    private void recur(Inputs in, int row, int tokens, int head, float[] state, int headAt, float[] block) {
        int headDim = shape.headDim;
        int stateSize = shape.stateSize;
        int group = head / (shape.heads / shape.groups);
        int b = row * in.stride + shape.heads * headDim + group * stateSize;
        int c = b + shape.groups * stateSize;
        var x = new StateStep.Tokens(tokens, in.x, b, c, in.stride, block, BLOCK, results(), headDim);
        int p = 0;
        for (; L == StateStep.PAIRED && p <= headDim - 2 * L && stateSize % StateStep.HELD == 0; p += 2 * L) {
            for (int n = 0; n < stateSize; n += StateStep.HELD) {
                StateStep.pair(state, headAt + n * headDim + p, headDim, x, n, p, 0);
            }
        }
        for (; p <= headDim - L; p += L) {
            int n = 0;
            for (; n <= stateSize - StateStep.HELD; n += StateStep.HELD) {
                StateStep.eight(state, headAt + n * headDim + p, headDim, x, n, p, 0);
            }
            for (; n < stateSize; n++) {
                for (int lane = p; lane < p + L; lane++) {
                    StateStep.one(state, headAt + n * headDim + lane, x, n, lane, 0, 1);
                }
            }
        }
        for (; p < headDim; p++) {
            for (int n = 0; n < stateSize; n++) {
                StateStep.one(state, headAt + n * headDim + p, x, n, p, 0, 1);
            }
        }
    }
}
