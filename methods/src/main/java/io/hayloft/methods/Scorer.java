package io.hayloft.methods;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;
import java.util.List;

/**
 * Scores the tokens of a prompt in one layer: a pure function of the keys, values and signals of the prefill. It knows no
 * budget; how many tokens each head keeps is the {@link Allocator}'s business.
 *
 * <p>A scorer is a value: two that are equal give equal scores, which are computed once for all methods of a run.
 */
public interface Scorer {
    /** The signals that prefill has to record for this scorer. */
    default SignalRequest signals() {
        return SignalRequest.NONE;
    }

    /**
     * The scores of one layer.
     *
     * @param view keys, values and recorded signals of the layer
     * @return finite numbers {@code [kvHeads][tokens]}, the higher the better; nobody changes them afterwards
     */
    float[][] score(LayerView view);

    /** Tokens that are kept before those with the best scores, in this order as far as a head's tokens go. */
    default List<Protection> protections() {
        return List.of();
    }

    /**
     * The relative distance within which two scores count as equal; see {@link LayerScores#top}. Sums of floats need the
     * default, scores that are exact need none.
     */
    default float tieTolerance() {
        return LayerScores.ROUNDING;
    }
}
