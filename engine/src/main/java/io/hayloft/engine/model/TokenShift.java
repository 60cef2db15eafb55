package io.hayloft.engine.model;

import io.hayloft.kernels.RwkvOps;
import io.hayloft.kernels.StateRows;
import io.hayloft.kernels.WorkerPool;
import java.util.List;

/**
 * Mixes each row with the row before, channel by channel, in several ways at once (token shift of RWKV).
 *
 * @param stateAt where a state holds the row before the first one
 * @param mixes shares of the row itself, each [hidden]
 */
record TokenShift(int stateAt, List<float[]> mixes, int hidden) {
    TokenShift {
        mixes = List.copyOf(mixes);
    }

    /**
     * Mixes the rows, and remembers the last of each sequence.
     *
     * @param x [rows][hidden]
     * @param out of each mix [rows][hidden]
     */
    void apply(float[] x, List<StateRows> sequences, float[][] out, WorkerPool pool) {
        if (sequences.size() == 1) {
            var sequence = sequences.getFirst();
            Rows.run(pool, sequence.rows(), (from, to) -> mix(x, sequence, from, to, out));
        } else {
            Rows.run(pool, sequences.size(), (from, to) -> {
                for (var sequence : sequences.subList(from, to)) {
                    mix(x, sequence, 0, sequence.rows(), out);
                }
            });
        }
        for (var sequence : sequences) {
            int last = sequence.first() + sequence.rows() - 1;
            System.arraycopy(x, last * hidden, sequence.state(), stateAt, hidden);
        }
    }

    /** Rows {@code from .. to-1} of a sequence. */
    private void mix(float[] x, StateRows sequence, int from, int to, float[][] out) {
        for (int row = from; row < to; row++) {
            int at = (sequence.first() + row) * hidden;
            var before = row == 0 ? sequence.state() : x;
            int beforeAt = row == 0 ? stateAt : at - hidden;
            for (int i = 0; i < out.length; i++) {
                RwkvOps.shift(x, at, before, beforeAt, mixes.get(i), out[i], at, hidden);
            }
        }
    }
}
