package io.hayloft.methods.policy;

import io.hayloft.engine.cache.CachePolicy;
import io.hayloft.engine.cache.LayerCache;
import io.hayloft.engine.cache.StepAttention;

/**
 * StreamingLLM while decoding: every step, the oldest token that is no sink leaves each head.
 *
 * @param sinks tokens at positions below this never leave
 * @param capacity tokens that each head may hold
 */
public record SlidingWindow(int sinks, int capacity) implements CachePolicy {
    @Override
    public boolean wantsProbabilities() {
        return false;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        if (cache.window() != 0) {
            return; // a sliding-window layer bounds itself
        }
        for (int head = 0; head < cache.kvHeads(); head++) {
            while (cache.length(head) > capacity) {
                cache.evict(head, oldest(cache, head));
            }
        }
    }

    private int oldest(LayerCache cache, int head) {
        int oldest = cache.length(head) - 1;
        int first = Integer.MAX_VALUE;
        for (int slot = 0; slot < cache.length(head); slot++) {
            int position = cache.position(head, slot);
            if (position >= sinks && position < first) {
                first = position;
                oldest = slot;
            }
        }
        return oldest;
    }

    @Override
    public CachePolicy fork() {
        return this;
    }
}
