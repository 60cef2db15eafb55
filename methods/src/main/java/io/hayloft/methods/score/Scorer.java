package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.model.SignalRequest;

/**
 * Rates the tokens of a prompt in one layer: a pure function of what prefill recorded.
 *
 * <p>The result must be finite or {@link Float#POSITIVE_INFINITY}; infinity marks tokens that are kept first (sinks, the
 * newest tokens). Among equal scores the newer token is kept.
 */
public interface Scorer {
    /** What prefill has to record for this scorer. */
    default SignalRequest signals() {
        return SignalRequest.NONE;
    }

    /** Whether scores go by the budget; if not, methods that differ in their budget share them. */
    default boolean needsBudget() {
        return false;
    }

    /**
     * The scores of one layer.
     *
     * @param view keys, values and recorded signals of the layer
     * @param budget tokens that each KV head may keep, 1 to {@code view.tokens()}
     * @return {@code [kvHeads][tokens]}, higher = keep; read only from now on
     */
    float[][] score(LayerView view, int budget);
}
