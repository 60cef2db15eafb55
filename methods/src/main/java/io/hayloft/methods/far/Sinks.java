package io.hayloft.methods.far;

/** How many of the tokens in sight are attention sinks. */
public sealed interface Sinks {
    /** Sinks of a budget, less than the budget. */
    int of(int budget);

    /** A number of tokens. */
    record Count(int tokens) implements Sinks {
        @Override
        public int of(int budget) {
            return Math.min(tokens, budget - 1);
        }
    }

    /** A share of the budget, rounded down. */
    record Share(double share) implements Sinks {
        @Override
        public int of(int budget) {
            return (int) (share * budget);
        }
    }
}
