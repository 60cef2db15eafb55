package io.hayloft.engine.model;

import io.hayloft.kernels.EncoderOps;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import java.util.List;

/**
 * A Mamba-2 mixer behind a transformer block that layers share (Zamba2; arXiv 2411.15242, section 2): {@code mamba(norm(x + W
 * block([x, embedding])))}.
 *
 * @param block the part whose matrices other layers use, too
 * @param adapter what is added to gate and up in this layer alone
 * @param out [hidden][hidden]
 * @param norm of the mixer's rows
 */
record SharedBlockMixer(Block block, Adapter adapter, Linear out, Norm norm, Mamba2Mixer mamba, WorkerPool pool)
        implements Layer.Update {
    /** Behind the arrays of the mixer. */
    private static final int SCRATCH = 3;

    /**
     * Attention and feed-forward part, one behind the other, without a residual stream.
     *
     * @param norm of rows [2 * hidden]: the residual stream, the embedding
     * @param attention with matrices that read both
     * @param feedForwardNorm of the result of attention
     */
    record Block(Norm norm, AttentionMixer attention, Norm feedForwardNorm, Linear gate, Linear up, Linear down) {}

    /**
     * A product of two small matrices for gate and up.
     *
     * @param down [rank][hidden]
     * @param gate [feedForward][rank]
     * @param up [feedForward][rank]
     */
    record Adapter(Linear down, Linear gate, Linear up) {}

    @Override
    public AttentionShape attention() {
        return block.attention.attention();
    }

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] result, Activations a) {
        int rows = batch.rows();
        int hidden = out.outputs();
        var both = a.scratch(SCRATCH, rows, 2 * hidden); // [rows][residual stream, embedding]
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                System.arraycopy(x, row * hidden, both, 2 * row * hidden, hidden);
                System.arraycopy(a.embedding, row * hidden, both, (2 * row + 1) * hidden, hidden);
            }
            block.norm.apply(both, both, from, to);
        });
        var made = a.scratch(SCRATCH + 1, rows, hidden); // [rows][hidden], as below
        block.attention.apply(both, batch, made, a);
        Rows.run(pool, rows, (from, to) -> block.feedForwardNorm.apply(made, made, from, to));
        feedForward(made, batch, a);
        var sum = a.scratch(SCRATCH, rows, hidden);
        batch.multiply(block.down, a.gate, made, pool);
        batch.multiply(out, made, sum, pool);
        Rows.run(pool, rows, (from, to) -> {
            VectorOps.addInPlace(sum, from * hidden, x, from * hidden, (to - from) * hidden);
            norm.apply(sum, sum, from, to);
        });
        mamba.apply(sum, batch, result, a);
    }

    /** a.gate [rows][feedForward] = gelu(x Gᵀ) ⊙ x Uᵀ, where both matrices have the adapter's products added. */
    private void feedForward(float[] x, Batch batch, Activations a) {
        int rows = batch.rows();
        int inner = block.gate.outputs();
        var small = a.scratch(SCRATCH + 2, rows, adapter.down.outputs());
        batch.multiply(List.of(block.gate, block.up, adapter.down), x, new float[][] {a.gate, a.up, small}, pool);
        var gates = a.scratch(SCRATCH + 3, rows, inner);
        var ups = a.scratch(SCRATCH + 4, rows, inner);
        batch.multiply(List.of(adapter.gate, adapter.up), small, new float[][] {gates, ups}, pool);
        Rows.run(pool, rows, (from, to) -> {
            int at = from * inner;
            int count = (to - from) * inner;
            VectorOps.addInPlace(a.gate, at, gates, at, count);
            VectorOps.addInPlace(a.up, at, ups, at, count);
            EncoderOps.gelu(a.gate, at, count);
            VectorOps.multiplyInPlace(a.gate, at, a.up, at, count);
        });
    }
}
