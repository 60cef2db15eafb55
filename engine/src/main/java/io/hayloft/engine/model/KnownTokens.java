package io.hayloft.engine.model;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.DecodeAttention;
import io.hayloft.kv.attention.FixedTokenSums;
import io.hayloft.kv.attention.OutOfWindowTokens;
import io.hayloft.kv.attention.StepRows;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Attention of one layer for several known tokens of each sequence, with the bits of single steps. A layer's cache depends on
 * that layer alone, so that it can go through the states of all tokens before the next layer runs.
 *
 * <p>A sequence whose cache only grows attends first to the tokens that stay as they are, for many of its rows at once (see
 * {@link FixedTokenSums}). The rest is read token by token.
 */
final class KnownTokens {
    /** Sequences for each thread from which on a thread does all of a sequence's steps: none waits for others then. */
    private static final int ENOUGH_FOR_EACH = 2;

    private final AttentionCore core;
    private final Batch.Lockstep batch;
    private final OutOfWindowRows outOfWindow;
    private final int count; // tokens of each sequence
    private final int width; // of a row of queries
    private final Activations a;

    KnownTokens(AttentionCore core, Batch.Lockstep batch, OutOfWindowRows outOfWindow, Activations a) {
        this.core = core;
        this.batch = batch;
        this.outOfWindow = outOfWindow;
        this.count = batch.decode().perSequence();
        this.width = core.shape().rowSize();
        this.a = a;
    }

    /** Appends the rows' keys and values to their caches, and writes the results of attention. */
    void attend() {
        var sequences = new Integer[batch.rows() / count];
        Arrays.setAll(sequences, i -> i * count);
        var pool = core.pool();
        if (sequences.length < ENOUGH_FOR_EACH * pool.threads()) {
            new Steps(sequences, pool).run();
        } else {
            Arrays.sort(
                    sequences, Comparator.comparingLong(this::tokens).reversed()); // no long one is left for the end
            attendEachAlone(sequences, pool);
        }
    }

    private long tokens(int firstRow) {
        var cache = batch.cache(firstRow).layer(core.layer());
        long tokens = 0;
        for (int head = 0; head < cache.kvHeads(); head++) {
            tokens += cache.length(head);
        }
        return tokens;
    }

    /** Each worker has one team of its own for all the sequences that it takes: a team has scratch arrays. */
    private void attendEachAlone(Integer[] sequences, WorkerPool pool) {
        var alone = new WorkerPool[pool.threads()];
        Arrays.setAll(alone, i -> new WorkerPool(1));
        try {
            pool.run(sequences.length, (i, worker) -> new Steps(new Integer[] {sequences[i]}, alone[worker]).run());
        } finally {
            for (var team : alone) {
                team.close();
            }
        }
    }

    /** The steps of some sequences; the threads of the pool share the work on all of them. */
    private final class Steps {
        private final Integer[] firstRows;
        private final WorkerPool pool;
        private final LayerCache[] caches;
        private final @Nullable CachePolicy[] policies;
        private final @Nullable OutOfWindowTokens[] parts;
        private final @Nullable FixedTokenSums[] sums;
        private final int[] positions;
        private final float[] queries;
        private final float[] otherQueries;
        private final float[] results;
        private final StepRows rows; // of a step, in the arrays above

        Steps(Integer[] firstRows, WorkerPool pool) {
            int sequences = firstRows.length;
            this.firstRows = firstRows;
            this.pool = pool;
            caches = new LayerCache[sequences];
            policies = new @Nullable CachePolicy[sequences];
            parts = new @Nullable OutOfWindowTokens[sequences];
            sums = new @Nullable FixedTokenSums[sequences];
            positions = new int[sequences];
            queries = new float[sequences * width];
            otherQueries = new float[sequences * width];
            results = new float[sequences * width];
            for (int i = 0; i < sequences; i++) {
                var sequence = batch.cache(firstRows[i]);
                caches[i] = sequence.layer(core.layer());
                policies[i] = sequence.policy();
            }
            rows = new StepRows(caches, policies, parts, queries, otherQueries, positions, StepTimes.NONE);
        }

        void run() {
            int together = count;
            for (int i = 0; i < firstRows.length; i++) {
                if (grows(i)) {
                    int most = FixedTokenSums.rowsTogether(core.shape(), caches[i], firstRows.length);
                    together = Math.min(together, most);
                }
            }
            for (int from = 0; from < count; from += together) {
                int to = Math.min(count, from + together);
                computeSums(from, to);
                for (int step = from; step < to; step++) {
                    attend(step, step - from);
                }
            }
        }

        /** Whether nothing but appending changes a sequence's cache. */
        private boolean grows(int i) {
            return policies[i] == null && batch.cache(firstRows[i]).outOfWindow() == null;
        }

        /** Computes sums over the tokens that are there now for the rows of some steps. */
        private void computeSums(int from, int to) {
            var ends = new int[firstRows.length]; // of each sequence's tasks
            int tasks = 0;
            Arrays.fill(sums, null); // lets go of those of the steps before
            for (int i = 0; i < firstRows.length; i++) {
                if (to - from > 1 && grows(i)) {
                    int row = firstRows[i] + from;
                    int position = batch.position(row);
                    var own = new FixedTokenSums(core.shape(), caches[i], a.queries, row, to - from, position);
                    sums[i] = own;
                    tasks += own.tasks();
                }
                ends[i] = tasks;
            }
            pool.run(tasks, (task, worker) -> {
                int i = 0;
                while (task >= ends[i]) {
                    i++;
                }
                var own = sums[i];
                if (own != null) {
                    own.run(task - (ends[i] - own.tasks()), worker);
                }
            });
        }

        private void attend(int step, int sumsRow) {
            for (int i = 0; i < firstRows.length; i++) {
                int row = firstRows[i] + step;
                positions[i] = batch.position(row);
                int at = row * core.kvWidth();
                caches[i].append(a.keys, at, a.values, at, 1, core.kvWidth(), positions[i]);
                parts[i] = outOfWindow.prepare(row, 1, caches[i]);
                System.arraycopy(a.queries, row * width, queries, i * width, width);
                if (parts[i] != null) {
                    System.arraycopy(outOfWindow.queries(), row * width, otherQueries, i * width, width);
                }
            }
            DecodeAttention.attend(core.shape(), core.layer(), rows, sums, sumsRow, results, pool);
            for (int i = 0; i < firstRows.length; i++) {
                System.arraycopy(results, i * width, a.attended, (firstRows[i] + step) * width, width);
                if (step < count - 1) {
                    caches[i].advance(positions[i] + 1); // what follows the last token is for the whole sequence
                }
            }
        }
    }
}
