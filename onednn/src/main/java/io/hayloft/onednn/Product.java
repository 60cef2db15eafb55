package io.hayloft.onednn;

/**
 * A compiled product of a fixed shape: y {@code [rows][outputs]} in f32 from x {@code [rows][inputs]} and weights in
 * bfloat16. Shared by all matrices of the shape and by all threads.
 *
 * @param number counts the products of a session from 0
 * @param source description of x
 * @param target description of y
 * @param plan owns the descriptions of weights and scratch memory
 */
record Product(int number, int rows, int inputs, int outputs, long source, long target, long plan, long primitive) {
    /** What the library's fast implementations are called; any other would be slower than Java. */
    private static final String FAST = "brg";

    /**
     * Plans and compiles.
     *
     * @param weights description of the weights, perhaps of any layout
     * @throws OneDnnException if the library cannot do it, or not fast
     */
    static Product compile(OneDnn library, int number, int rows, int inputs, int outputs, long weights) {
        long source = library.matrix(OneDnn.BF16, rows, inputs, inputs, 1);
        long target = library.matrix(OneDnn.F32, rows, outputs, outputs, 1);
        long plan = 0;
        try {
            plan = library.planProduct(source, weights, target);
            if (!library.nameOf(plan).startsWith(FAST)) {
                throw new OneDnnException("a fast product", 0, true);
            }
            return new Product(number, rows, inputs, outputs, source, target, plan, library.primitive(plan));
        } catch (OneDnnException e) {
            if (plan != 0) {
                library.destroyPlan(plan);
            }
            library.destroyDescription(source);
            library.destroyDescription(target);
            throw e;
        }
    }

    void destroy(OneDnn library) {
        library.destroyPrimitive(primitive);
        library.destroyPlan(plan);
        library.destroyDescription(source);
        library.destroyDescription(target);
    }
}
