package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.Exp;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.kv.cache.TokenMask;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One decode step of one layer: tasks are (row, KV head, split of the head's tokens), each with sums of its own in {@link
 * #partial}, which {@link #merge} adds up in order. Arrays are kept from step to step.
 */
final class DecodeStep implements WorkerPool.Task {
    /** Tokens of a split. */
    static final int SPLIT = 1024;

    private static final ThreadLocal<DecodeScratch> SCRATCH = ThreadLocal.withInitial(DecodeScratch::new);
    private static final @Nullable TokenMask[] NO_MASKS = {};
    private static final @Nullable FixedTokenSums[] NO_SUMS = {};
    private static final StepRows NO_ROWS = new StepRows(
            new LayerCache[0],
            new @Nullable CachePolicy[0],
            new @Nullable OutOfWindowTokens[0],
            new float[0],
            new float[0],
            new int[0],
            StepTimes.NONE);

    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private StepRows rows = NO_ROWS;
    private int stride; // floats of a query head's sums: largest score, sum, weighted values
    private int tasks;
    private int[] taskRow = new int[16];
    private int[] taskHead = new int[16];
    private int[] taskFrom = new int[16];
    private long[] taskNanos = new long[16];
    private float[] partial = {};
    private StepScores[] scores = {}; // of each row, kept
    private @Nullable TokenMask[] masks = NO_MASKS;
    private @Nullable FixedTokenSums[] sums = NO_SUMS; // that rows go on from; empty for none
    private int sumsRow;
    private final AttentionResults results = new AttentionResults();

    /** Has the next step go on from sums over the first tokens of its rows' caches [rows], of which it is this row. */
    void goOnFrom(@Nullable FixedTokenSums[] newSums, int row) {
        sums = newSums;
        sumsRow = row;
    }

    /**
     * Runs a step.
     *
     * @param masks hide more of each row's tokens [rows]; null for none
     * @param out results [rows][queryHeads * headDim]
     */
    void run(AttentionShape shape, StepRows rows, @Nullable TokenMask[] masks, float[] out, WorkerPool pool) {
        long started = System.nanoTime();
        begin(shape, rows, masks, out);
        pool.run(tasks, this);
        merge();
        shareTime(System.nanoTime() - started);
    }

    /** Splits a step into tasks. */
    private void begin(AttentionShape shape, StepRows rows, @Nullable TokenMask[] masks, float[] out) {
        this.shape = shape;
        this.rows = rows;
        this.masks = masks;
        stride = 2 + shape.headDim();
        results.begin(shape.headDim(), rows.count() * shape.queryHeads(), out);
        tasks = 0;
        growScores(rows.count());
        for (int row = 0; row < rows.count(); row++) {
            var policy = rows.policies()[row];
            if (policy != null) {
                scores[row].begin(shape, rows.caches()[row], policy.wantsProbabilities());
            }
            for (int head = 0; head < shape.kvHeads(); head++) {
                addTasks(row, head);
            }
        }
        int floats = Math.multiplyExact(tasks, shape.group() * stride);
        if (partial.length < floats) {
            partial = new float[floats];
        }
    }

    private void growScores(int count) {
        int known = scores.length;
        if (known < count) {
            scores = Arrays.copyOf(scores, count);
            for (int row = known; row < count; row++) {
                scores[row] = new StepScores();
            }
        }
    }

    private void addTasks(int row, int head) {
        var layer = rows.caches()[row];
        var cache = layer.head(head);
        int first = Visibility.firstToken(cache, Visibility.low(shape, layer, rows.positions()[row]));
        for (int from = first / SPLIT * SPLIT; from < cache.end(); from += SPLIT) {
            if (tasks == taskRow.length) {
                taskRow = Arrays.copyOf(taskRow, 2 * tasks);
                taskHead = Arrays.copyOf(taskHead, 2 * tasks);
                taskFrom = Arrays.copyOf(taskFrom, 2 * tasks);
                taskNanos = Arrays.copyOf(taskNanos, 2 * tasks);
            }
            taskRow[tasks] = row;
            taskHead[tasks] = head;
            taskFrom[tasks++] = from;
        }
    }

    @Override
    public void run(int task, int worker) {
        long start = System.nanoTime();
        attend(task);
        taskNanos[task] = System.nanoTime() - start;
    }

    private void attend(int task) {
        int row = taskRow[task];
        int kvHead = taskHead[task];
        var layer = rows.caches()[row];
        var head = layer.head(kvHead);
        int position = rows.positions()[row];
        int group = shape.group();
        var scratch = SCRATCH.get();
        var known = sums.length == 0 ? null : sums[row];
        if (known != null && known.copy(sumsRow, kvHead, taskFrom[task], partial, task * group * stride)) {
            return;
        }
        scratch.begin(shape, head, rows.queries(), (row * shape.kvHeads() + kvHead) * group * shape.headDim(), group);
        int low = Visibility.low(shape, layer, position);
        int from = Math.max(taskFrom[task], Visibility.firstToken(head, low) / TILE * TILE);
        if (known != null) {
            from = Math.max(from, known.resume(sumsRow, kvHead, taskFrom[task], scratch.softmax));
        }
        int to = Math.min(taskFrom[task] + SPLIT, head.end());
        var recorder = rows.policies()[row] == null ? null : scores[row];
        var mask = masks[row];
        for (int tile = from; tile < to; tile += TILE) {
            if (Visibility.hidden(mask, head, tile)) {
                continue;
            }
            scratch.scores(head, tile);
            for (int g = 0; g < group; g++) {
                Visibility.hide(head, tile, low, position, scratch.scores, g * TILE);
            }
            if (mask != null) {
                hide(mask, kvHead, head, tile, scratch.scores);
            }
            if (recorder != null) {
                recorder.record(kvHead, head, tile, scratch.scores);
            }
            scratch.values(head, tile);
        }
        scratch.end(head, partial, task * group * stride, stride);
    }

    private void hide(TokenMask mask, int kvHead, HeadCache head, int tile, float[] tileScores) {
        for (int g = 0; g < shape.group(); g++) {
            Visibility.hide(mask, kvHead * shape.group() + g, head, tile, tileScores, g * TILE);
        }
    }

    /** Adds up the splits of each head, in order, and writes the results. Heads that hold nothing have no task. */
    private void merge() {
        int task = 0;
        while (task < tasks) {
            int end = task + 1;
            while (end < tasks && taskRow[end] == taskRow[task] && taskHead[end] == taskHead[task]) {
                end++;
            }
            for (int g = 0; g < shape.group(); g++) {
                merge(task, end, g);
            }
            task = end;
        }
    }

    private void merge(int from, int to, int g) {
        int group = shape.group();
        float largest = TileSoftmax.LOWEST;
        for (int task = from; task < to; task++) {
            largest = Math.max(largest, partial[(task * group + g) * stride]);
        }
        int queryHead = taskHead[from] * group + g;
        largest = shape.largestWithSink(queryHead, largest);
        int head = taskRow[from] * shape.queryHeads() + queryHead;
        var out = results.out();
        int at = head * shape.headDim();
        Arrays.fill(out, at, at + shape.headDim(), 0);
        float sum = shape.exponentialOfSink(queryHead, largest);
        for (int task = from; task < to; task++) {
            int source = (task * group + g) * stride;
            float weight = (float) Exp.precise(partial[source] - largest);
            sum += partial[source + 1] * weight;
            for (int c = 0; c < shape.headDim(); c++) {
                out[at + c] += partial[source + 2 + c] * weight;
            }
        }
        float factor = sum == 0 ? 0 : 1 / sum;
        for (int c = 0; c < shape.headDim(); c++) {
            out[at + c] *= factor;
        }
        results.set(head, largest, factor);
    }

    /** Joins the results of a row with those of another step's row over other tokens. */
    void join(int row, DecodeStep other, int otherRow) {
        int heads = shape.queryHeads();
        for (int head = 0; head < heads; head++) {
            results.join(row * heads + head, other.results, otherRow * heads + head);
        }
    }

    /** Shares out the wall time of a step among its rows, by the time that their tasks took on all threads. */
    private void shareTime(long wall) {
        long all = 0;
        for (int task = 0; task < tasks; task++) {
            all += taskNanos[task];
        }
        for (int task = 0; task < tasks && all > 0; task++) {
            rows.times().add(taskRow[task], (long) ((double) wall * taskNanos[task] / all));
        }
    }

    /** The attention of a row that has a policy. */
    StepAttention attention(int row) {
        for (int head = 0; head < shape.queryHeads(); head++) {
            int at = row * shape.queryHeads() + head;
            scores[row].normalise(head, results.max(at), results.inverseSum(at));
        }
        return scores[row].attention();
    }

    /** Lets go of what belongs to the caller. */
    void end() {
        rows = NO_ROWS;
        masks = NO_MASKS;
        sums = NO_SUMS;
        results.end();
    }
}
