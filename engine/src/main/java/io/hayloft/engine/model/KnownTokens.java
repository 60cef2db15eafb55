package io.hayloft.engine.model;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.attention.KnownAttention;
import io.hayloft.kv.attention.KnownRows;
import io.hayloft.kv.attention.OutOfWindowTokens;
import io.hayloft.kv.attention.StepRows;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention of one layer for several known tokens of each sequence. A layer's cache depends on that layer alone, so that it
 * can go through the states of all tokens before the next layer runs.
 *
 * <p>Most sequences attend to their tokens at once, with the kernels of prefill (see {@link KnownAttention}). Those with
 * out-of-window tokens, with a policy that hides tokens from single query heads, or with a policy in a layer that has a
 * sliding window read one token after the other, together with the others of their kind; so do all where tokens are few or
 * bits count.
 */
final class KnownTokens {
    /** Tokens of a sequence from which on it pays to attend to them at once. */
    private static final int ENOUGH_AT_ONCE = 4;

    /** Sequences for each thread from which on a thread does all of a sequence's steps: none waits for others then. */
    private static final int ENOUGH_FOR_EACH = 2;

    private final AttentionCore core;
    private final Batch.Lockstep batch;
    private final OutOfWindowRows outOfWindow;
    private final int count; // tokens of each sequence
    private final int width; // of a row of queries
    private final List<Integer> oneByOne = new ArrayList<>(); // first rows of sequences

    KnownTokens(AttentionCore core, Batch.Lockstep batch, OutOfWindowRows outOfWindow) {
        this.core = core;
        this.batch = batch;
        this.outOfWindow = outOfWindow;
        this.count = batch.decode().perSequence();
        this.width = core.shape().rowSize();
    }

    /** Appends the rows' keys and values to their caches, and writes the results of attention. */
    void attend(Activations a) {
        var together = new ArrayList<KnownRows.Sequence>();
        for (int first = 0; first < batch.rows(); first += count) {
            var cache = batch.cache(first);
            var sequence =
                    new KnownRows.Sequence(cache.layer(core.layer()), cache.policy(), first, batch.position(first));
            boolean near = cache.outOfWindow() == null;
            boolean any = near && !batch.decode().exact(); // whether any kernels may be used
            if (any && count >= ENOUGH_AT_ONCE && KnownAttention.suits(core.shape(), core.layer(), sequence)) {
                together.add(sequence);
            } else {
                oneByOne.add(first);
            }
        }
        var pool = core.pool();
        var rows = new KnownRows(together.toArray(KnownRows.Sequence[]::new), count, a.keys, a.values, a.queries);
        KnownAttention.attend(core.shape(), core.layer(), rows, a.attended, pool);
        if (oneByOne.size() < ENOUGH_FOR_EACH * pool.threads()) {
            attendOneByOne(oneByOne, a, pool);
        } else {
            attendEachAlone(a, pool);
        }
    }

    /** Each worker has one team of its own for all the sequences that it takes: a team has scratch arrays. */
    private void attendEachAlone(Activations a, WorkerPool pool) {
        var alone = new WorkerPool[pool.threads()];
        Arrays.setAll(alone, i -> new WorkerPool(1));
        try {
            pool.run(oneByOne.size(), (i, worker) -> attendOneByOne(List.of(oneByOne.get(i)), a, alone[worker]));
        } finally {
            for (var team : alone) {
                team.close();
            }
        }
    }

    /** The tokens of sequences one after the other; step by step, the threads of the pool share the work on all of them. */
    private void attendOneByOne(List<Integer> sequences, Activations a, WorkerPool pool) {
        for (int step = 0; step < count && !sequences.isEmpty(); step++) {
            attendStep(sequences, step, a, pool);
        }
    }

    private void attendStep(List<Integer> sequences, int step, Activations a, WorkerPool pool) {
        int rows = sequences.size();
        var caches = new LayerCache[rows];
        var policies = new @Nullable CachePolicy[rows];
        var parts = new @Nullable OutOfWindowTokens[rows];
        var positions = new int[rows];
        var queries = new float[rows * width];
        var otherQueries = new float[rows * width];
        for (int i = 0; i < rows; i++) {
            int row = sequences.get(i) + step;
            var sequence = batch.cache(row);
            caches[i] = sequence.layer(core.layer());
            policies[i] = sequence.policy();
            positions[i] = batch.position(row);
            int at = row * core.kvWidth();
            caches[i].append(a.keys, at, a.values, at, 1, core.kvWidth(), positions[i]);
            parts[i] = outOfWindow.prepare(row, 1, caches[i]);
            System.arraycopy(a.queries, row * width, queries, i * width, width);
            if (parts[i] != null) {
                System.arraycopy(outOfWindow.queries(), row * width, otherQueries, i * width, width);
            }
        }
        var results = new float[rows * width];
        var stepRows = new StepRows(caches, policies, parts, queries, otherQueries, positions, StepTimes.NONE);
        DecodeAttention.attend(core.shape(), core.layer(), stepRows, results, pool);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(results, i * width, a.attended, (sequences.get(i) + step) * width, width);
            if (step < count - 1) {
                caches[i].advance(positions[i] + 1); // what follows the last token is for the whole sequence
            }
        }
    }
}
