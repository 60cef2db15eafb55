package io.hayloft.onednn;

import java.util.List;

/**
 * The products of one shape of weights.
 *
 * @param products by falling number of rows
 * @param weights description of the layout that all of them read; belongs to one of them
 * @param conversion to that layout
 */
record ProductSet(List<Product> products, long weights, Conversion conversion) {
    /** The smallest that has at least this many rows. */
    Product fitting(int rows) {
        for (int i = products.size() - 1; i >= 0; i--) {
            if (products.get(i).rows() >= rows) {
                return products.get(i);
            }
        }
        throw new IllegalArgumentException(rows + " rows");
    }
}
