package io.hayloft.engine.model;

import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One layer of a decoder: steps, one after the other. Most have two residual ones, a mixer and a feed-forward part. */
record Layer(List<Step> steps) {
    Layer {
        steps = List.copyOf(steps);
    }

    /** Changes the residual stream. */
    interface Step {
        /** Runs the rows of the residual stream {@code a.x} [rows][hidden] through the step, in place. */
        void forward(Batch batch, Activations a);

        /** Whether a row depends on that row alone, and nothing of the row is remembered. */
        boolean rowwise();

        /** Whether several known tokens of a sequence can run through it in one decode step. */
        boolean readsTogether();

        /** The attention in it; null for none. */
        @Nullable
        AttentionShape attention();
    }

    /** A step in which no row sees another, and nothing of a row is remembered. */
    interface RowStep extends Step {
        @Override
        default boolean rowwise() {
            return true;
        }

        @Override
        default boolean readsTogether() {
            return true;
        }

        @Override
        default @Nullable AttentionShape attention() {
            return null;
        }
    }

    /**
     * Computes the update that a sublayer adds to the residual stream: a mixer, in which tokens see each other, or a
     * feed-forward part.
     *
     * <p>It holds weights only. What it remembers of a sequence lies in that sequence's cache, in the state of its layer.
     */
    interface Update {
        /**
         * Computes the update of each row, and remembers the row if later ones need it.
         *
         * @param x rows as the sublayer's norm leaves them [rows][hidden], left as they are
         * @param out receives [rows][hidden]
         */
        void apply(float[] x, Batch batch, float[] out, Activations buffers);

        /** Whether the update of a row depends on that row alone, and nothing of the row is remembered. */
        boolean rowwise();

        /** Whether several known tokens of a sequence can go through it in one decode step. */
        default boolean readsTogether() {
            return rowwise();
        }

        /** The attention that it is, or that is a part of it; null for none. */
        default @Nullable AttentionShape attention() {
            return null;
        }
    }

    /**
     * One residual step: x += scale postNorm(update(norm(x))).
     *
     * @param norm null in architectures whose norms come afterwards
     * @param postNorm null for most architectures
     * @param scale 1 for most architectures
     */
    record Sublayer(
            @Nullable Norm norm, Update update, @Nullable Norm postNorm, float scale, int hidden, WorkerPool pool)
            implements Step {
        /** A step that adds its update as it is. */
        Sublayer(Norm norm, Update update, @Nullable Norm postNorm, int hidden, WorkerPool pool) {
            this(norm, update, postNorm, 1, hidden, pool);
        }

        @Override
        public boolean rowwise() {
            return update.rowwise();
        }

        @Override
        public boolean readsTogether() {
            return update.readsTogether();
        }

        @Override
        public @Nullable AttentionShape attention() {
            return update.attention();
        }

        @Override
        public void forward(Batch batch, Activations a) {
            if (norm == null) {
                update.apply(a.x, batch, a.update, a);
            } else {
                Rows.run(pool, batch.rows(), (from, to) -> norm.apply(a.x, a.normed, from, to));
                update.apply(a.normed, batch, a.update, a);
            }
            Rows.run(pool, batch.rows(), (from, to) -> add(a, from, to));
        }

        /** x += scale postNorm(update), on rows {@code from .. to-1}. */
        private void add(Activations a, int from, int to) {
            if (postNorm != null) {
                postNorm.apply(a.update, a.update, from, to);
            }
            if (scale != 1) {
                VectorOps.scale(a.update, from * hidden, (to - from) * hidden, scale);
            }
            VectorOps.addInPlace(a.x, from * hidden, a.update, from * hidden, (to - from) * hidden);
        }
    }
}
