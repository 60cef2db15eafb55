package io.hayloft.engine.model;

import io.hayloft.kernels.StateRows;
import io.hayloft.kv.cache.RecurrentState;
import java.util.ArrayList;
import java.util.List;

/** The states that the rows of a batch belong to. */
final class RecurrentRows {
    private RecurrentRows() {}

    /**
     * The rows of each sequence of a batch, with a state that it remembers.
     *
     * @param state number of the state: the layer's, or that of a mixer beside an attention
     */
    static List<StateRows> of(Batch batch, int state) {
        return switch (batch) {
            case Batch.Chunk chunk -> List.of(new StateRows(values(batch, 0, state), 0, chunk.rows()));
            case Batch.Lockstep lockstep -> {
                var rows = new ArrayList<StateRows>(lockstep.rows());
                for (int row = 0; row < lockstep.rows(); row++) {
                    rows.add(new StateRows(values(batch, row, state), row, 1));
                }
                yield rows;
            }
        };
    }

    private static float[] values(Batch batch, int row, int state) {
        if (batch.cache(row).state(state) instanceof RecurrentState recurrent) {
            return recurrent.values();
        }
        throw new IllegalArgumentException("state " + state + " is not recurrent");
    }
}
