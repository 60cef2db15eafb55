package io.hayloft.onednn;

import io.hayloft.kernels.PrefillBackend;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param blocks all inputs, in order
     */
    record Stripe(int first, int outputs, List<Block> blocks) {}

    /**
     * A stripe's weights for some consecutive inputs.
     *
     * @param products compiled for their shape
     * @param weights memory of them
     * @param scales what the sums need to become floats; null if they are floats
     */
    record Block(ProductSet products, long weights, Arithmetic.@Nullable Scales scales) {}

    @Override
    public void multiply(float[] x, int rows, float[] y) {
        session.multiply(List.of(this), x, rows, new float[][] {y});
    }
}
