package io.hayloft.bench.predict;

/**
 * A part of a model's work whose time grows with the work.
 *
 * @param sort its unit
 * @param detail what it is done for: sizes, types of weights, form of a cache
 */
record Cost(Sort sort, String detail) {
    /** Units of work. */
    enum Sort {
        /** An operation of a matrix product while a prompt is read, and all that a row takes besides. */
        READ_LINEAR("read, one operation of a matrix product"),
        /** A channel of a query that looks at a token while a prompt is read: two multiply-adds. */
        READ_ATTENTION("read, one channel of a query at one token"),
        /** A token of a prompt in a layer, of which a method builds its cache. */
        BUILD("compress, one token in one layer"),
        /** A byte of the weights in a decode step. */
        STEP_WEIGHTS("step, one byte of weights"),
        /** A channel of a query that looks at a token in a decode step. */
        STEP_ATTENTION("step, attention of one channel of a query to one token"),
        /** The work of a method in a layer and decode step that does not depend on how many tokens it holds. */
        STEP_UPKEEP("step, upkeep of one layer");

        private final String label;

        Sort(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }

        /** Seconds of a unit if the machine could do nothing better. */
        double atBest(Machine machine) {
            return switch (this) {
                case READ_LINEAR -> 1e-9 / machine.gflops();
                case READ_ATTENTION -> 4e-9 / machine.gflops();
                case BUILD, STEP_UPKEEP -> 0;
                case STEP_WEIGHTS -> 1e-9 / machine.gigabytesPerSecond();
                case STEP_ATTENTION -> Math.max(4e-9 / machine.gflops(), 1e-9 / machine.gigabytesPerSecond());
            };
        }
    }

    /** The key in a machine's file. */
    String key() {
        return sort.label() + ": " + detail;
    }
}
