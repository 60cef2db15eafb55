package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/** Attention of one new row of each of several sequences, each over its own cache. */
public final class DecodeAttention {
    private static final ThreadLocal<DecodeStep> STEP = ThreadLocal.withInitial(DecodeStep::new);
    private static final ThreadLocal<OutOfWindowStep> OUT_OF_WINDOW = ThreadLocal.withInitial(OutOfWindowStep::new);

    private static final @Nullable SettledSums[] NONE_SETTLED = {};

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
        attend(shape, layer, rows, NONE_SETTLED, 0, out, pool);
    }

    /**
     * The same where sums over some of the tokens are there already.
     *
     * @param settled of each sequence [rows]; null for none
     * @param settledRow which row of theirs this step is
     */
    public static void attend(
            AttentionShape shape,
            int layer,
            StepRows rows,
            @Nullable SettledSums[] settled,
            int settledRow,
            float[] out,
            WorkerPool pool) {
        var step = STEP.get();
        step.goOnFrom(settled, settledRow);
        var masks = new @Nullable TokenMask[rows.count()];
        for (int row = 0; row < rows.count(); row++) {
            var policy = rows.policies()[row];
            masks[row] = policy == null ? null : policy.mask(layer);
        }
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
        step.end();
    }
}
