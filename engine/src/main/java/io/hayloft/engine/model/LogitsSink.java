package io.hayloft.engine.model;

/** Takes the logits of the rows it asks for during a prefill; the output layer runs for those rows only. */
public interface LogitsSink {
    /** Takes no logits. */
    LogitsSink NONE = new LogitsSink() {
        @Override
        public boolean wants(int row) {
            return false;
        }

        @Override
        public void accept(int row, float[] logits, int at) {}
    };

    /** Whether the logits of this row are wanted; a row is an index into the prompt's tokens. */
    boolean wants(int row);

    /** The logits of one row, [vocabulary] from {@code at}. The array is reused: copy what must last. */
    void accept(int row, float[] logits, int at);

    /** Copies the logits of one row to {@code target} [vocabulary]. */
    static LogitsSink of(int wanted, float[] target) {
        return new LogitsSink() {
            @Override
            public boolean wants(int row) {
                return row == wanted;
            }

            @Override
            public void accept(int row, float[] logits, int at) {
                System.arraycopy(logits, at, target, 0, target.length);
            }
        };
    }
}
