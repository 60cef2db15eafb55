package io.hayloft.engine.model;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.SequenceCache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that run through the layers together: a chunk of one prompt, or the next token of each of many sequences. */
sealed interface Batch {
    /** Number of rows. */
    int rows();

    /** Position of a row in its sequence. */
    int position(int row);

    /** The cache of a row's sequence. */
    SequenceCache cache(int row);

    /** Length of the prompt that a row's sequence began with: some rotary scalings choose their frequencies by it. */
    int promptLength(int row);

    /** The same kernels for other rows, fewer than these, of work that asks for no positions and states. */
    Batch withRows(int count);

    /** Of each weight, y [rows][outputs] = x [rows][inputs] Wᵀ, by the kernel that suits the batch. */
    void multiply(List<Linear> weights, float[] x, float[][] y, WorkerPool pool);

    /** The same for a single weight. */
    default void multiply(Linear weight, float[] x, float[] y, WorkerPool pool) {
        multiply(List.of(weight), x, new float[][] {y}, pool);
    }

    /** Consecutive tokens of one prompt: bound by arithmetic, weights are widened once for many rows. */
    record Chunk(
            SequenceCache cache,
            int first,
            int rows,
            int promptLength,
            @Nullable PrefillSignals signals) implements Batch {
        @Override
        public Chunk withRows(int count) {
            return new Chunk(cache, first, count, promptLength, signals);
        }

        @Override
        public int position(int row) {
            return first + row;
        }

        @Override
        public SequenceCache cache(int row) {
            return cache;
        }

        @Override
        public int promptLength(int row) {
            return promptLength;
        }

        @Override
        public void multiply(List<Linear> weights, float[] x, float[][] y, WorkerPool pool) {
            Linear.prefill(weights, x, rows, y, pool);
        }
    }

    /**
     * One token of each sequence, or several known ones: every weight is read once for all rows.
     *
     * @param times takes the time of what each sequence needs for itself alone
     */
    record Lockstep(DecodeRows decode, StepTimes times, int rows) implements Batch {
        Lockstep(DecodeRows decode, StepTimes times) {
            this(decode, times, decode.rows());
        }

        @Override
        public Lockstep withRows(int count) {
            return new Lockstep(decode, times, count);
        }

        @Override
        public int position(int row) {
            return decode.caches()[row].nextPosition() + decode.ahead(row);
        }

        @Override
        public SequenceCache cache(int row) {
            return decode.caches()[row];
        }

        @Override
        public int promptLength(int row) {
            return decode.promptLengths()[row];
        }

        @Override
        public void multiply(List<Linear> weights, float[] x, float[][] y, WorkerPool pool) {
            Linear.decode(weights, x, rows, y, pool);
        }
    }
}
