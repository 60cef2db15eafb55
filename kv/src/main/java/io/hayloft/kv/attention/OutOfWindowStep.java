package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import org.jspecify.annotations.Nullable;

/** The part of a decode step over out-of-window tokens, for those rows that have some. */
final class OutOfWindowStep {
    private final DecodeStep step = new DecodeStep();
    private float[] queries = {};
    private float[] results = {};

    /** Attends to out-of-window tokens and joins the results with those of a step over the caches of the same rows. */
    void join(AttentionShape shape, StepRows rows, DecodeStep near, WorkerPool pool) {
        int count = 0;
        for (var part : rows.outOfWindow()) {
            count += part == null ? 0 : 1;
        }
        if (count == 0) {
            return;
        }
        var rowOf = new int[count];
        var caches = new LayerCache[count];
        var masks = new @Nullable TokenMask[count];
        var ends = new int[count];
        int width = shape.rowSize();
        if (queries.length < count * width) {
            queries = new float[count * width];
            results = new float[count * width];
        }
        int i = 0;
        for (int row = 0; row < rows.count(); row++) {
            var part = rows.outOfWindow()[row];
            if (part != null) {
                rowOf[i] = row;
                caches[i] = part.tokens();
                masks[i] = part.mask();
                ends[i] = rows.positions()[row] - part.distance();
                System.arraycopy(rows.outOfWindowQueries(), row * width, queries, i * width, width);
                i++;
            }
        }
        StepTimes times = (row, nanos) -> rows.times().add(rowOf[row], nanos);
        var none = new @Nullable OutOfWindowTokens[count];
        var others = new StepRows(caches, new @Nullable CachePolicy[count], none, queries, queries, ends, times);
        step.run(shape.withSinks(null), others, masks, results, pool); // sinks count in the other step
        for (i = 0; i < count; i++) {
            near.join(rowOf[i], step, i);
        }
        step.end();
    }
}
