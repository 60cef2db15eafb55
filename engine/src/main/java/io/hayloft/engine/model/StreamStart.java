package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * Makes several residual streams of embeddings, and what each token puts into each layer: numbers of its own and a product with
 * its embedding.
 *
 * @param weights of each other stream [hidden][hidden]
 * @param tokens [tokenVocabulary][layers * tokenWidth], read from the model's file
 * @param projection [layers * tokenWidth][hidden]
 * @param norm of what a layer gets of the projection [tokenWidth]
 */
record StreamStart(
        DecoderConfig config,
        StreamsConfig streams,
        List<Linear> weights,
        WeightRows tokens,
        Linear projection,
        Norm norm,
        WorkerPool pool) {
    /** Fills {@code a.streams} and {@code a.tokenInputs} for tokens from {@code first} on, whose embeddings are in {@code a.x}. */
    void begin(int[] ids, int first, Batch batch, Activations a) {
        makeInputs(ids, first, batch, a);
        int rows = batch.rows();
        int hidden = config.hidden();
        int count = streams.streams();
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                System.arraycopy(a.x, row * hidden, a.streams, row * count * hidden, hidden);
            }
        });
        var product = a.scratch(0, rows, hidden);
        for (int i = 1; i < count; i++) {
            int stream = i;
            batch.multiply(weights.get(i - 1), a.x, product, pool);
            Rows.run(pool, rows, (from, to) -> {
                for (int row = from; row < to; row++) {
                    StreamEnd.resize(product, row * hidden, a.x, row * hidden, hidden);
                    System.arraycopy(product, row * hidden, a.streams, (row * count + stream) * hidden, hidden);
                }
            });
        }
    }

    private void makeInputs(int[] ids, int first, Batch batch, Activations a) {
        int rows = batch.rows();
        int width = streams.tokenWidth();
        int all = config.layers() * width;
        var product = a.scratch(0, rows, all); // [rows][layers][tokenWidth]
        batch.multiply(projection, a.x, product, pool);
        Rows.run(pool, rows, (from, to) -> {
            VectorOps.scale(product, from * all, (to - from) * all, (float) (1 / Math.sqrt(config.hidden())));
            norm.apply(product, product, from * config.layers(), to * config.layers());
            for (int row = from; row < to; row++) {
                int id = ids[first + row];
                tokens.readRow(id < tokens.rows() ? id : 0, a.tokenInputs, row * all);
            }
            VectorOps.scale(a.tokenInputs, from * all, (to - from) * all, (float) Math.sqrt(width));
            VectorOps.addInPlace(a.tokenInputs, from * all, product, from * all, (to - from) * all);
            VectorOps.scale(a.tokenInputs, from * all, (to - from) * all, (float) Math.sqrt(0.5));
        });
    }
}
