package io.hayloft.onednn;

/**
 * A compiled product of a fixed shape: y {@code [rows][outputs]} from x {@code [rows][inputs]} and weights. Shared by all
 * matrices of the shape and by all threads.
 *
 * @param source description of x
 * @param target description of y
 * @param plan owns the descriptions of weights and scratch memory
 */
record Product(int rows, int inputs, int outputs, long source, long target, long plan, long primitive) {
    /** The name of the library's fast implementations; any other would be slower than Java. */
    private static final String FAST = "brg";

    /**
     * Plans and compiles.
     *
     * @param owner of the product's objects, also of what there is after a failure
     * @param weights description of the weights, perhaps of any layout
     * @throws OneDnnException if the library cannot do it, or not fast
     */
    static Product compile(
            OneDnn library, Handles owner, Arithmetic.Types types, int rows, int inputs, int outputs, long weights) {
        long source = library.matrix(owner, types.rows(), rows, inputs, inputs, 1);
        long target = library.matrix(owner, types.sums(), rows, outputs, outputs, 1);
        long plan = library.planProduct(owner, source, weights, target);
        if (!library.nameOf(plan).startsWith(FAST)) {
            throw OneDnnException.noFastProduct();
        }
        return new Product(rows, inputs, outputs, source, target, plan, library.primitive(owner, plan));
    }
}
