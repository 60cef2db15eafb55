package io.hayloft.engine.model;

import io.hayloft.formats.config.LatentAttention;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-AI, "DeepSeek-V2", arXiv 2405.04434, section 2.1): keys and values of all heads are
 * products with a short vector, the latent, which is all that is kept of a token, beside one key that rotates.
 *
 * <p>The matrices that would make keys of the latent are multiplied with the queries instead, and those that would make
 * values with the sums of latents, as the paper's appendix C has it: attention runs over rows [rotating key, latent] that
 * all heads share, which are keys and values at once.
 *
 * @param compressed what the queries are made of; null where they are made of the row itself
 * @param query [heads * (nopeDim + ropeDim)][queryRank or hidden], the rotating channels of a head last
 * @param down [rank + ropeDim][hidden]: latent, rotating key
 * @param norm weight of the latent's norm [rank]
 * @param keysOfHeads of each head [rank][nopeDim]: a query in the space of latents
 * @param valuesOfHeads of each head [valueDim][rank]
 * @param output [hidden][heads * valueDim]
 */
record LatentMixer(
        AttentionCore core,
        LatentAttention latent,
        @Nullable Compressed compressed,
        Linear query,
        Linear down,
        float[] norm,
        List<Linear> keysOfHeads,
        List<Linear> valuesOfHeads,
        Linear output,
        WorkerPool pool)
        implements Layer.Update {
    /** Of the norms inside, whatever the others have. */
    private static final double EPSILON = 1e-6;

    /**
     * Makes a short vector of a row, which all queries are made of.
     *
     * @param down [queryRank][hidden]
     * @param norm weight [queryRank]
     */
    record Compressed(Linear down, float[] norm) {}

    @Override
    public AttentionShape attention() {
        return core.shape();
    }

    @Override
    public boolean rowwise() {
        return false;
    }

    @Override
    public boolean readsTogether() {
        return true;
    }

    @Override
    public void apply(float[] x, Batch batch, float[] out, Activations a) {
        makeQueries(x, batch, a);
        int rank = latent.rank();
        int rope = latent.ropeDim();
        int width = rope + rank;
        var latents = a.scratch(0, batch.rows(), width); // [rows][latent, rotating key]
        batch.multiply(down, x, latents, pool);
        core.attend(batch, a, (from, to) -> { // keys [rows][rotating key, latent]
            for (int row = from; row < to; row++) {
                int at = row * width;
                System.arraycopy(latents, at + rank, a.keys, at, rope);
                VectorOps.rmsNorm(latents, at, norm, EPSILON, a.keys, at + rope, rank);
            }
        });
        var values = makeValues(batch, a);
        batch.multiply(output, values, out, pool); // [rows][hidden]
    }

    /** a.queries [rows][heads][rotating channels, query in the space of latents]. */
    private void makeQueries(float[] x, Batch batch, Activations a) {
        int rows = batch.rows();
        var from = x;
        if (compressed != null) {
            int width = compressed.norm.length;
            var compact = a.scratch(1, rows, width);
            batch.multiply(compressed.down, x, compact, pool);
            Rows.run(pool, rows, (first, to) -> {
                for (int row = first; row < to; row++) {
                    VectorOps.rmsNorm(compact, row * width, compressed.norm, EPSILON, compact, row * width, width);
                }
            });
            from = compact;
        }
        int nope = latent.nopeDim();
        int rope = latent.ropeDim();
        int heads = core.shape().queryHeads();
        int width = heads * (nope + rope);
        var projected = a.scratch(2, rows, width); // [rows][heads][fixed channels, rotating channels]
        batch.multiply(query, from, projected, pool);
        var fixed = a.scratch(3, rows, nope);
        var absorbed = a.scratch(4, rows, latent.rank());
        for (int head = 0; head < heads; head++) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(projected, row * width + head * (nope + rope), fixed, row * nope, nope);
            }
            batch.multiply(keysOfHeads.get(head), fixed, absorbed, pool);
            for (int row = 0; row < rows; row++) {
                int to = (row * heads + head) * core.shape().headDim();
                System.arraycopy(projected, row * width + head * (nope + rope) + nope, a.queries, to, rope);
                System.arraycopy(absorbed, row * latent.rank(), a.queries, to + rope, latent.rank());
            }
        }
    }

    /** Values of the heads [rows][heads * valueDim] from their sums of latents. */
    private float[] makeValues(Batch batch, Activations a) {
        int rows = batch.rows();
        int heads = core.shape().queryHeads();
        int rank = latent.rank();
        int valueDim = latent.valueDim();
        var sums = a.scratch(0, rows, rank);
        var ofHead = a.scratch(1, rows, valueDim);
        var values = a.scratch(2, rows, heads * valueDim);
        for (int head = 0; head < heads; head++) {
            for (int row = 0; row < rows; row++) {
                int from = (row * heads + head) * core.shape().headDim() + latent.ropeDim();
                System.arraycopy(a.attended, from, sums, row * rank, rank);
            }
            batch.multiply(valuesOfHeads.get(head), sums, ofHead, pool);
            for (int row = 0; row < rows; row++) {
                System.arraycopy(ofHead, row * valueDim, values, (row * heads + head) * valueDim, valueDim);
            }
        }
        return values;
    }
}
