package io.hayloft.onednn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The compiled products of a session, one set for each shape of weights. A set has several numbers of rows; all of them
 * read weights of one layout and give a row the same bits.
 */
final class Products {
    /** Rows of a product: the largest is the fastest, smaller ones are for what is left over and for short prompts. */
    private static final int[] ROWS = {64, 32, 16};

    static final int MOST_ROWS = 64;
    static final int LEAST_ROWS = 16;

    private final OneDnn library;
    private final Handles handles;
    private final Arithmetic.Types types;
    private final Map<Shape, ProductSet> sets = new HashMap<>();

    private record Shape(int inputs, int outputs) {}

    /**
     * No products yet.
     *
     * @param handles owner of what will be compiled
     */
    Products(OneDnn library, Handles handles, Arithmetic.Types types) {
        this.library = library;
        this.handles = handles;
        this.types = types;
    }

    /**
     * The products for weights {@code [outputs][inputs]}.
     *
     * @throws OneDnnException if the library has none
     */
    ProductSet of(int inputs, int outputs) {
        var shape = new Shape(inputs, outputs);
        var known = sets.get(shape);
        if (known == null) {
            known = compile(shape);
            sets.put(shape, known);
        }
        return known;
    }

    private ProductSet compile(Shape shape) {
        var made = new ArrayList<Product>();
        try (var created = new Handles(library)) {
            long weights = library.matrixOfAnyLayout(created, types.weights(), shape.inputs, shape.outputs);
            for (int rows : ROWS) {
                var product = Product.compile(library, created, types, rows, shape.inputs, shape.outputs, weights);
                weights = library.weightsOf(product.plan());
                made.add(product);
            }
            var conversion = Conversion.compile(library, created, types, shape.inputs, shape.outputs, weights);
            handles.takeAll(created);
            return new ProductSet(List.copyOf(made), weights, conversion);
        }
    }
}
