package io.hayloft.methods;

/** Tokens of a prompt that a head keeps whatever their scores, as far as its budget goes. */
public sealed interface Protection {
    /**
     * The number of protected tokens.
     *
     * @param budget tokens that the head keeps
     */
    int tokens(int budget);

    /** Whether the tokens lie at the end of the prompt, the newest first, or else at its beginning, the oldest first. */
    boolean newest();

    /**
     * The first tokens of the prompt.
     *
     * @param fixed number of tokens
     * @param share tokens beside these, as a share of the budget, rounded down
     */
    record First(int fixed, double share) implements Protection {
        @Override
        public int tokens(int budget) {
            return fixed + (int) (share * budget);
        }

        @Override
        public boolean newest() {
            return false;
        }
    }

    /**
     * The newest tokens of the prompt.
     *
     * @param fixed number of tokens
     */
    record Newest(int fixed) implements Protection {
        @Override
        public int tokens(int budget) {
            return fixed;
        }

        @Override
        public boolean newest() {
            return true;
        }
    }

    /** The newest tokens of the prompt: half of the budget, rounded up. */
    record NewestHalf() implements Protection {
        @Override
        public int tokens(int budget) {
            return budget - budget / 2;
        }

        @Override
        public boolean newest() {
            return true;
        }
    }
}
