package io.hayloft.engine.model;

import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.FarMemory;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows that run through the layers together: a stretch of one sequence, or the next token of each of many. */
sealed interface Batch {
    /** Number of rows. */
    int rows();

    /** Position of a row in its sequence. */
    int position(int row);

    /** The far memory of a row's sequence, null for none. */
    @Nullable
    FarMemory far(int row);

    /** Length of prompt by which rotary variants choose their frequencies. */
    int promptLength();

    /** Of each weight, y [rows][outputs] = x [rows][inputs] Wᵀ, by the kernel that suits the batch. */
    void multiply(List<Linear> weights, float[] x, float[][] y, WorkerPool pool);

    /** The same for a single weight. */
    default void multiply(Linear weight, float[] x, float[] y, WorkerPool pool) {
        multiply(List.of(weight), x, new float[][] {y}, pool);
    }

    /** Consecutive tokens of one sequence: compute-bound, weights are widened once for many rows. */
    record Stretch(
            SequenceCache cache,
            int first,
            int rows,
            int promptLength,
            @Nullable PrefillSignals signals) implements Batch {
        /** The same for another number of rows, for work that does not ask for positions. */
        Stretch withRows(int count) {
            return new Stretch(cache, first, count, promptLength, signals);
        }

        @Override
        public int position(int row) {
            return first + row;
        }

        @Override
        public @Nullable FarMemory far(int row) {
            return cache.far();
        }

        @Override
        public void multiply(List<Linear> weights, float[] x, float[][] y, WorkerPool pool) {
            Linear.prefill(weights, x, rows, y, pool);
        }
    }

    /**
     * One token of each sequence: bound by memory, every weight is read once for all rows.
     *
     * @param ownNanos wall time of what each sequence needs for itself alone, its cache above all; added to
     */
    record Lockstep(
            SequenceCache[] caches,
            @Nullable CachePolicy[] policies,
            int[] positions,
            int promptLength,
            long[] ownNanos)
            implements Batch {
        static Lockstep of(SequenceCache[] caches, int promptLength, long[] ownNanos) {
            var policies = new @Nullable CachePolicy[caches.length];
            var positions = new int[caches.length];
            for (int row = 0; row < caches.length; row++) {
                policies[row] = caches[row].policy();
                positions[row] = caches[row].nextPosition();
            }
            return new Lockstep(caches, policies, positions, promptLength, ownNanos);
        }

        @Override
        public int rows() {
            return caches.length;
        }

        @Override
        public int position(int row) {
            return positions[row];
        }

        @Override
        public @Nullable FarMemory far(int row) {
            return caches[row].far();
        }

        @Override
        public void multiply(List<Linear> weights, float[] x, float[][] y, WorkerPool pool) {
            Linear.decode(weights, x, rows(), y, pool);
        }

        /** The caches of one layer, row by row. */
        LayerCache[] layer(int layer) {
            var layers = new LayerCache[caches.length];
            for (int row = 0; row < layers.length; row++) {
                layers[row] = caches[row].layer(layer);
            }
            return layers;
        }
    }
}
