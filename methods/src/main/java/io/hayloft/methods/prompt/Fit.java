package io.hayloft.methods.prompt;

import java.util.function.IntFunction;

/** Finds how much can be kept within a number of tokens. */
final class Fit {
    private Fit() {}

    /**
     * The candidate with most tokens among those that fit, found by halving: candidates grow with their number.
     *
     * @param from first candidate, the result if none fits
     * @param to last candidate
     */
    static <T extends Sized> T largest(int from, int to, int limit, IntFunction<T> candidate) {
        T best = candidate.apply(from);
        int low = from;
        int high = to;
        while (low < high) {
            int middle = low + (high - low + 1) / 2;
            T next = candidate.apply(middle);
            if (next.tokens() <= limit) {
                low = middle;
                best = next.tokens() >= best.tokens() || best.tokens() > limit ? next : best;
            } else {
                high = middle - 1;
            }
        }
        return best;
    }

    /** Something with a size in tokens. */
    interface Sized {
        int tokens();
    }
}
