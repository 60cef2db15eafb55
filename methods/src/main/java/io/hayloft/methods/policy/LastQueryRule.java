package io.hayloft.methods.policy;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.methods.DecodeRule;

/** TOVA goes on at every step with {@link LastQueryEviction}. */
public record LastQueryRule() implements DecodeRule {
    @Override
    public CachePolicy policy(Prefilled prefill, KeptTokens kept) {
        return new LastQueryEviction(kept.capacities());
    }
}
