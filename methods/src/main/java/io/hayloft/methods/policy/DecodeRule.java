package io.hayloft.methods.policy;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.CachePolicy;
import org.jspecify.annotations.Nullable;

/** Makes the policy of one sequence when its prompt has been compressed. */
@FunctionalInterface
public interface DecodeRule {
    /** New tokens are appended and nothing leaves any more. */
    DecodeRule GROW = (prefill, kept, capacity) -> null;

    /**
     * The policy that starts from the kept tokens.
     *
     * @param prefill the exact prefill
     * @param kept kept slots by layer and KV head, ascending; null for layers that keep everything
     * @param capacity tokens that each KV head may hold
     */
    @Nullable
    CachePolicy policy(Prefilled prefill, int[] @Nullable [][] kept, int capacity);
}
