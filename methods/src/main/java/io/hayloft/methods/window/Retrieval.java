package io.hayloft.methods.window;

import io.hayloft.methods.Budget;

/** How many tokens InfLLM sees of a prompt of some length. */
public sealed interface Retrieval {
    /** The sizes for a prompt of this many tokens. */
    Sizes sizes(int tokens);

    /**
     * Sizes in tokens.
     *
     * @param init first tokens, always in sight
     * @param local newest tokens, seen at their true distance
     * @param chosen blocks in sight at a time
     * @param block tokens of a block
     * @param representatives tokens that represent their block
     * @param rows prompt tokens that choose blocks together
     */
    record Sizes(int init, int local, int chosen, int block, int representatives, int rows) implements Retrieval {
        /** Rows that choose together are at most as many as the window has: tokens that leave it meanwhile lie before them. */
        public Sizes {
            rows = Math.min(rows, local);
        }

        @Override
        public Sizes sizes(int tokens) {
            return this;
        }
    }

    /**
     * The division of the code of arXiv 2407.01527: of the budget 2.1 % first tokens, 32.4 % blocks, the rest newest tokens,
     * and of these at least some.
     *
     * @param budget tokens in sight
     * @param block tokens of a block
     * @param representatives tokens that represent their block
     * @param leastLocal newest tokens at least
     * @param rows prompt tokens that choose blocks together
     */
    record Shares(Budget budget, int block, int representatives, int leastLocal, int rows) implements Retrieval {
        private static final double INIT = 0.021;
        private static final double BLOCKS = 0.324;

        @Override
        public Sizes sizes(int tokens) {
            int seen = budget.capacity(tokens);
            int init = (int) (INIT * seen);
            int chosen = (int) (BLOCKS * seen) / block;
            int local = Math.max(leastLocal, seen - init - chosen * block);
            return new Sizes(init, local, chosen, block, Math.min(representatives, block), rows);
        }
    }
}
