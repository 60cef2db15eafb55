package io.hayloft.engine.model;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import org.jspecify.annotations.Nullable;

/**
 * Attention beside a product of two small matrices that reads the same rows n (LAuReL; Menghani et al., arXiv 2411.07501,
 * section 2): {@code x = (x + postNorm(attention(n)) + n + norm(n Dᵀ Uᵀ)) / sqrt(2)}, with {@code n = norm(x)}.
 */
record BranchStep(Norm norm, Layer.Update mixer, Norm postNorm, Branch branch, int hidden, WorkerPool pool)
        implements Layer.Step {
    private static final float SCALE = (float) Math.sqrt(0.5);

    /**
     * The two matrices.
     *
     * @param down [rank][hidden]
     * @param up [hidden][rank]
     * @param norm of the product
     */
    record Branch(Linear down, Linear up, Norm norm) {}

    @Override
    public boolean rowwise() {
        return mixer.rowwise();
    }

    @Override
    public boolean readsTogether() {
        return mixer.readsTogether();
    }

    @Override
    public @Nullable AttentionShape attention() {
        return mixer.attention();
    }

    @Override
    public void forward(Batch batch, Activations a) {
        int rows = batch.rows();
        Rows.run(pool, rows, (from, to) -> norm.apply(a.x, a.normed, from, to));
        mixer.apply(a.normed, batch, a.update, a);
        var small = a.scratch(0, rows, branch.down.outputs());
        var product = a.scratch(1, rows, hidden);
        batch.multiply(branch.down, a.normed, small, pool);
        batch.multiply(branch.up, small, product, pool);
        Rows.run(pool, rows, (from, to) -> {
            int at = from * hidden;
            int count = (to - from) * hidden;
            postNorm.apply(a.update, a.update, from, to);
            VectorOps.addInPlace(a.x, at, a.update, at, count);
            branch.norm.apply(product, product, from, to);
            VectorOps.addInPlace(product, at, a.normed, at, count);
            VectorOps.addInPlace(a.x, at, product, at, count);
            VectorOps.scale(a.x, at, count, SCALE);
        });
    }
}
