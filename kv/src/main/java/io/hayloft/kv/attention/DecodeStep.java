package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.kv.cache.TokenMask;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One decode step of one layer: tasks are (row, KV head, stretch of tokens), each with sums of its own in
 * {@link #partial}, which {@link #merge} adds up in order. Arrays are kept from step to step.
 */
final class DecodeStep implements WorkerPool.Task {
    /** Tokens of a stretch. */
    static final int STRETCH = 1024;

    private static final ThreadLocal<DecodeScratch> SCRATCH = ThreadLocal.withInitial(DecodeScratch::new);
    private static final LayerCache[] NONE = {};
    private static final @Nullable TokenMask[] NO_MASKS = {};

    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private LayerCache[] caches = NONE;
    private float[] q = {};
    private int[] positions = {};
    private int stride; // floats of a query head's sums: largest score, sum, weighted values
    private int tasks;
    private int[] taskRow = new int[16];
    private int[] taskHead = new int[16];
    private int[] taskFrom = new int[16];
    private long[] taskNanos = new long[16];
    private long started;
    private float[] partial = {};
    private StepScores[] scores = {}; // of each row, kept
    private boolean[] hasPolicy = {};
    private @Nullable TokenMask[] masks = NO_MASKS;
    private float[] max = {}; // [rows][queryHeads], like scale
    private float[] scale = {};

    /** Splits a step into tasks; returns how many. */
    int begin(
            AttentionShape shape,
            LayerCache[] caches,
            @Nullable CachePolicy[] policies,
            @Nullable TokenMask[] masks,
            float[] q,
            int[] positions) {
        started = System.nanoTime();
        this.shape = shape;
        this.caches = caches;
        this.q = q;
        this.positions = positions;
        stride = 2 + shape.headDim();
        max = FarPart.room(max, caches.length * shape.queryHeads());
        scale = FarPart.room(scale, caches.length * shape.queryHeads());
        tasks = 0;
        growScores(caches.length);
        this.masks = masks;
        for (int row = 0; row < caches.length; row++) {
            var policy = policies[row];
            hasPolicy[row] = policy != null;
            if (policy != null) {
                scores[row].begin(shape, caches[row], policy.wantsProbabilities());
            }
            for (int head = 0; head < shape.kvHeads(); head++) {
                addTasks(row, head);
            }
        }
        int floats = tasks * shape.group() * stride;
        if (partial.length < floats) {
            partial = new float[floats];
        }
        return tasks;
    }

    private void growScores(int rows) {
        int known = scores.length;
        if (known < rows) {
            scores = Arrays.copyOf(scores, rows);
            hasPolicy = Arrays.copyOf(hasPolicy, rows);
            for (int row = known; row < rows; row++) {
                scores[row] = new StepScores();
            }
        }
    }

    private void addTasks(int row, int head) {
        var cache = caches[row].head(head);
        int first = Visibility.firstToken(cache, Visibility.low(shape, caches[row], positions[row]));
        for (int from = first / STRETCH * STRETCH; from < cache.end(); from += STRETCH) {
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
        var head = caches[row].head(kvHead);
        int group = shape.group();
        var scratch = SCRATCH.get();
        scratch.begin(shape, head, q, (row * shape.kvHeads() + kvHead) * group * shape.headDim());
        int low = Visibility.low(shape, caches[row], positions[row]);
        int from = Math.max(taskFrom[task], Visibility.firstToken(head, low) / TILE * TILE);
        int to = Math.min(taskFrom[task] + STRETCH, head.end());
        var recorder = hasPolicy[row] ? scores[row] : null;
        var mask = masks[row];
        for (int tile = from; tile < to; tile += TILE) {
            if (Visibility.hidden(mask, head, tile)) {
                continue;
            }
            scratch.scores(head, tile);
            for (int g = 0; g < group; g++) {
                Visibility.hide(head, tile, low, positions[row], scratch.scores, g * TILE);
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

    /** Adds up the stretches of each head, in order, and writes the results. */
    void merge(float[] out) {
        Arrays.fill(scale, 0); // heads that hold nothing have no task
        int task = 0;
        while (task < tasks) {
            int end = task + 1;
            while (end < tasks && taskRow[end] == taskRow[task] && taskHead[end] == taskHead[task]) {
                end++;
            }
            for (int g = 0; g < shape.group(); g++) {
                merge(task, end, g, out);
            }
            task = end;
        }
    }

    private void merge(int from, int to, int g, float[] out) {
        int group = shape.group();
        float largest = TileSoftmax.LOWEST;
        for (int task = from; task < to; task++) {
            largest = Math.max(largest, partial[(task * group + g) * stride]);
        }
        int queryHead = taskHead[from] * group + g;
        int at = taskRow[from] * shape.rowSize() + queryHead * shape.headDim();
        Arrays.fill(out, at, at + shape.headDim(), 0);
        float sum = 0;
        for (int task = from; task < to; task++) {
            int source = (task * group + g) * stride;
            float weight = (float) Math.exp(partial[source] - largest);
            sum += partial[source + 1] * weight;
            for (int c = 0; c < shape.headDim(); c++) {
                out[at + c] += partial[source + 2 + c] * weight;
            }
        }
        float factor = sum == 0 ? 0 : 1 / sum;
        for (int c = 0; c < shape.headDim(); c++) {
            out[at + c] *= factor;
        }
        max[taskRow[from] * shape.queryHeads() + queryHead] = largest;
        scale[taskRow[from] * shape.queryHeads() + queryHead] = factor;
    }

    /**
     * Joins the results of a row with those of a step over its far tokens.
     *
     * @param out results of this step, become the joint ones
     */
    void join(int row, float[] out, DecodeStep far, int farRow, float[] farOut) {
        int heads = shape.queryHeads();
        int dim = shape.headDim();
        for (int head = 0; head < heads; head++) {
            int at = row * heads + head;
            int farAt = farRow * heads + head;
            scale[at] *= FarPart.join(
                    out, at * dim, max[at], scale[at], farOut, farAt * dim, far.max[farAt], far.scale[farAt], dim);
        }
    }

    /**
     * Shares out the wall time since the beginning among the rows, by the time that their tasks took on all threads.
     *
     * @param rowOf which row of the caller a row of this step is; null for the same
     * @param own nanoseconds of the caller's rows, added to
     */
    void shareTime(int @Nullable [] rowOf, long[] own) {
        long wall = System.nanoTime() - started;
        long all = 0;
        for (int task = 0; task < tasks; task++) {
            all += taskNanos[task];
        }
        for (int task = 0; task < tasks && all > 0; task++) {
            int row = rowOf == null ? taskRow[task] : rowOf[taskRow[task]];
            own[row] += (long) ((double) wall * taskNanos[task] / all);
        }
    }

    /** The attention of a row that has a policy. */
    StepAttention attention(int row) {
        var recorder = scores[row];
        if (!hasPolicy[row]) {
            throw new IllegalStateException("row " + row + " has no policy");
        }
        for (int head = 0; head < shape.queryHeads(); head++) {
            int at = row * shape.queryHeads() + head;
            recorder.normalise(head, max[at], scale[at]);
        }
        return recorder.attention();
    }

    /** Lets go of what belongs to the caller. */
    void end() {
        caches = NONE;
        masks = NO_MASKS;
    }
}
