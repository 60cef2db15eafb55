package io.hayloft.onednn;

import io.hayloft.engine.kernel.PrefillBackend;
import java.util.List;

/**
 * A weight matrix {@code [outputs][inputs]} as stripes of outputs. Threads share a product by rows and stripes.
 *
 * @param outputs length of an output row
 */
record OneDnnMatrix(int inputs, int outputs, List<Stripe> stripes, OneDnnSession session)
        implements PrefillBackend.Matrix {
    /**
     * Some consecutive outputs.
     *
     * @param first first of them
     * @param products compiled for their number
     * @param weights memory of their weights
     */
    record Stripe(int first, List<Product> products, long weights) {}

    @Override
    public void multiply(float[] x, int rows, float[] y) {
        session.multiply(List.of(this), x, rows, new float[][] {y});
    }
}
