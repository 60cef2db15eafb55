package io.hayloft.onednn;

/**
 * A compiled conversion of weights {@code [outputs][inputs]} to the layout that products read. Shared by all matrices of the
 * shape and by all threads.
 *
 * @param source description of the weights before
 * @param plan owns the description of scratch memory
 */
record Conversion(long source, long plan, long primitive) {
    /**
     * Plans and compiles.
     *
     * @param owner of the conversion's objects, also of what there is after a failure
     * @param weights description of the weights afterwards
     * @throws OneDnnException if the library cannot do it
     */
    static Conversion compile(
            OneDnn library, Handles owner, Arithmetic.Types types, int inputs, int outputs, long weights) {
        long source = library.matrix(owner, types.weights(), inputs, outputs, 1, inputs);
        long plan = library.planConversion(owner, source, weights);
        return new Conversion(source, plan, library.primitive(owner, plan));
    }
}
