package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/** Attention of one new row of each of several sequences, each over its own cache. */
public final class DecodeAttention {
    private static final ThreadLocal<DecodeStep> STEP = ThreadLocal.withInitial(DecodeStep::new);
    private static final ThreadLocal<OutOfWindowStep> OUT_OF_WINDOW = ThreadLocal.withInitial(OutOfWindowStep::new);

    private static final @Nullable FixedTokenSums[] NO_SUMS = {};

    private DecodeAttention() {}

    /**
     * Attends for one row of each sequence, then calls each policy.
     *
     * <p>The work is split into ranges of 1024 tokens of a KV head, counted from token number 0 (see {@link HeadCache}),
     * whatever the number of sequences and threads; the splits' softmax sums are merged in order.
     *
     * @param layer index of the layer, which policies are given
     * @param out results [rows][queryHeads * headDim]; not the array of the queries
     */
    public static void attend(AttentionShape shape, int layer, StepRows rows, float[] out, WorkerPool pool) {
        attend(shape, layer, rows, NO_SUMS, 0, out, pool);
    }

    /**
     * The same for rows of which some go on from sums over the tokens at the front of their caches.
     *
     * @param sums of each row's sequence [rows]; null where there are none, as in all rows with a policy; empty for none at all
     * @param sumsRow which row of the sums this step is
     */
    public static void attend(
            AttentionShape shape,
            int layer,
            StepRows rows,
            @Nullable FixedTokenSums[] sums,
            int sumsRow,
            float[] out,
            WorkerPool pool) {
        var step = STEP.get();
        var masks = new @Nullable TokenMask[rows.count()];
        for (int row = 0; row < rows.count(); row++) {
            var policy = rows.policies()[row];
            masks[row] = policy == null ? null : policy.mask(layer);
            if (policy != null && sums.length > 0 && sums[row] != null) {
                throw new IllegalArgumentException(
                        "row " + row + " has a policy, which would not see the tokens of its sums");
            }
        }
        try {
            step.goOnFrom(sums, sumsRow);
            step.run(shape, rows, masks, out, pool);
            OUT_OF_WINDOW.get().join(shape, rows, step, pool);
            for (int row = 0; row < rows.count(); row++) {
                var policy = rows.policies()[row];
                if (policy != null) {
                    long start = System.nanoTime();
                    policy.afterStep(layer, rows.caches()[row], step.attention(row));
                    rows.times().add(row, System.nanoTime() - start);
                }
            }
        } finally {
            step.end();
        }
    }
}
