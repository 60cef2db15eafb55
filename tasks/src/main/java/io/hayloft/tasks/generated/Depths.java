package io.hayloft.tasks.generated;

import java.util.List;

/** Places of what is asked for: samples go through them in turn, so that a few are spread as well as many. */
final class Depths {
    private static final List<Double> DEPTHS = List.of(0.5, 0.0, 1.0, 0.25, 0.75);

    private Depths() {}

    /** The depth of a sample, from 0 to 1. */
    static double of(int index) {
        return DEPTHS.get(index % DEPTHS.size());
    }

    /** The place at the depth of a sample. */
    static int place(int index, int places) {
        return (int) Math.rint(of(index) * (places - 1));
    }
}
