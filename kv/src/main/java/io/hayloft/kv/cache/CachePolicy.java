package io.hayloft.kv.cache;

import org.jspecify.annotations.Nullable;

/**
 * Changes a cache while it decodes: eviction by accumulated attention, sliding windows. One object serves one
 * sequence.
 */
public interface CachePolicy {
    /** Whether {@link #afterStep} reads probabilities; where no policy wants them they are not computed. */
    boolean wantsProbabilities();

    /**
     * Called after each decode step, once for each layer, when the results of all its heads are done.
     *
     * @param layer index of the layer
     * @param cache its cache, which the policy may change; the token of this step is the newest one in it
     * @param attention of this step, valid during the call; probabilities only if they are wanted
     */
    void afterStep(int layer, LayerCache cache, StepAttention attention);

    /**
     * Which tokens the next step may use in a layer, the token of that step included; null for all.
     *
     * @param layer index of the layer
     */
    default @Nullable TokenMask mask(int layer) {
        return null;
    }

    /** Bytes that the policy itself keeps from step to step, such as the attention that tokens got. */
    default long bytes() {
        return 0;
    }

    /** A copy that changes independently of this one, for the fork of a cache. */
    CachePolicy fork();
}
