package io.hayloft.engine.encoder;

import io.hayloft.formats.config.EncoderConfig;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.kernels.EncoderOps;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;

/** The parts of an encoder, from the embeddings to the attention of a layer, and the activations that run through it. */
final class EncoderLayers {
    private EncoderLayers() {}

    /** Activations of one sequence, shared by all layers. */
    static final class Scratch {
        final int rows;
        /** {@code [rows][hidden]}: input and output of every layer. */
        final float[] x;

        final float[] query;
        final float[] key;
        final float[] value;

        /** {@code [rows][hidden]}: what attention gathered, then what is added to x. */
        final float[] mixed;

        final float[] added;
        /** {@code [rows][feedForward]}. */
        final float[] inner;

        Scratch(EncoderConfig config, int rows) {
            this.rows = rows;
            int size = Math.multiplyExact(rows, config.hidden());
            x = new float[size];
            query = new float[size];
            key = new float[size];
            value = new float[size];
            mixed = new float[size];
            added = new float[size];
            inner = new float[Math.multiplyExact(rows, config.feedForward())];
        }
    }

    /** A linear layer with a bias. */
    record Affine(Linear weight, float[] bias) {
        /** x {@code [rows][inputs]} to y {@code [rows][outputs]}. */
        void apply(float[] x, int rows, float[] y, WorkerPool pool) {
            weight.prefill(x, rows, y, pool);
            for (int row = 0; row < rows; row++) {
                VectorOps.addInPlace(y, row * bias.length, bias, 0, bias.length);
            }
        }
    }

    /** Norm of every row of an activation, in place. */
    record LayerNorm(float[] weight, float[] bias, double epsilon) {
        private static final int ROWS_OF_A_TASK = 32;

        void apply(float[] x, int rows, WorkerPool pool) {
            int n = weight.length;
            pool.run((rows + ROWS_OF_A_TASK - 1) / ROWS_OF_A_TASK, (task, worker) -> {
                int end = Math.min(rows, (task + 1) * ROWS_OF_A_TASK);
                for (int row = task * ROWS_OF_A_TASK; row < end; row++) {
                    EncoderOps.layerNorm(x, row * n, n, weight, bias, epsilon);
                }
            });
        }
    }

    /** Sum of word, position and type vectors, normed. Word vectors are read from the file: most are never needed. */
    record Embeddings(EncoderConfig config, Tensor words, float[] positions, float[] firstType, LayerNorm norm) {
        /** Fills x {@code [rows][hidden]} of the scratch. */
        void apply(int[] ids, Scratch s, WorkerPool pool) {
            int n = config.hidden();
            for (int row = 0; row < ids.length; row++) {
                words.readRow(ids[row], s.x, row * n);
                VectorOps.addInPlace(s.x, row * n, positions, (config.firstPosition() + row) * n, n);
                VectorOps.addInPlace(s.x, row * n, firstType, 0, n);
            }
            norm.apply(s.x, ids.length, pool);
        }
    }

    /** One layer: attention and feed-forward, each added to its input and normed. */
    record EncoderLayer(
            Affine query,
            Affine key,
            Affine value,
            SelfAttention attention,
            Affine output,
            LayerNorm attentionNorm,
            Affine up,
            Affine down,
            LayerNorm outputNorm) {
        void apply(Scratch s, WorkerPool pool) {
            int rows = s.rows;
            query.apply(s.x, rows, s.query, pool);
            key.apply(s.x, rows, s.key, pool);
            value.apply(s.x, rows, s.value, pool);
            attention.attend(s, pool);
            output.apply(s.mixed, rows, s.added, pool);
            VectorOps.addInPlace(s.x, 0, s.added, 0, s.x.length);
            attentionNorm.apply(s.x, rows, pool);
            up.apply(s.x, rows, s.inner, pool);
            int inner = s.inner.length / rows;
            pool.run(rows, (row, worker) -> EncoderOps.gelu(s.inner, row * inner, inner));
            down.apply(s.inner, rows, s.added, pool);
            VectorOps.addInPlace(s.x, 0, s.added, 0, s.x.length);
            outputNorm.apply(s.x, rows, pool);
        }
    }

    /** Attention of every token to every token of its sequence. */
    static final class SelfAttention {
        private final int heads;
        private final int headDim;
        private final float scale;

        SelfAttention(EncoderConfig config) {
            heads = config.heads();
            headDim = config.headDim();
            scale = (float) (1 / Math.sqrt(headDim));
        }

        /** query, key and value {@code [rows][hidden]} of the scratch to its {@code mixed}; a task is a head. */
        void attend(Scratch s, WorkerPool pool) {
            pool.run(heads, (head, worker) -> attendHead(s, head));
        }

        private void attendHead(Scratch s, int head) {
            int n = s.rows;
            int stride = heads * headDim;
            int at = head * headDim;
            var keys = transposed(s.key, at, n, stride);
            var weights = new float[n];
            for (int row = 0; row < n; row++) {
                EncoderOps.multiply(s.query, row * stride + at, headDim, keys, 0, n, n, weights, 0);
                VectorOps.scale(weights, 0, n, scale);
                VectorOps.softmax(weights, 0, n);
                EncoderOps.multiply(weights, 0, n, s.value, at, stride, headDim, s.mixed, row * stride + at);
            }
        }

        /** The keys of a head as {@code [headDim][n]}. */
        private float[] transposed(float[] key, int at, int n, int stride) {
            var keys = new float[headDim * n];
            for (int row = 0; row < n; row++) {
                for (int d = 0; d < headDim; d++) {
                    keys[d * n + row] = key[row * stride + at + d];
                }
            }
            return keys;
        }
    }
}
