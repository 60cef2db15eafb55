package io.hayloft.methods;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import org.jspecify.annotations.Nullable;

/** Builds a cache of the tokens that an {@link Eviction} keeps, and decides which leave it while it decodes. */
public interface DecodeRule {
    /** New tokens are appended and nothing leaves any more. */
    DecodeRule GROW = new DecodeRule() {
        @Override
        public @Nullable CachePolicy policy(Prefilled prefill, KeptTokens kept) {
            return null;
        }

        @Override
        public boolean evicts() {
            return false;
        }
    };

    /**
     * Tokens of a prompt that stay.
     *
     * @param slots slots to keep [layer][head][], ascending; null for a layer that keeps everything, as those with a sliding
     *     window do
     * @param capacities tokens that a head may hold while it decodes [layer][head]; null for the same layers
     */
    record KeptTokens(int[] @Nullable [][] slots, int[] @Nullable [] capacities) {}

    /** The policy of a new sequence, which starts from the kept tokens; null if nothing happens while it decodes. */
    @Nullable
    CachePolicy policy(Prefilled prefill, KeptTokens kept);

    /** Whether single tokens leave the cache while decoding, which codecs that pack groups of tokens do not allow. */
    default boolean evicts() {
        return true;
    }

    /** Whether the cache may be stored by another part of the expression. */
    default boolean takesCodec() {
        return true;
    }

    /** Which tokens each token of the prompt sees while the prompt is read. */
    default PrefillPattern prefillPattern() {
        return PrefillPattern.EXACT;
    }

    /** See {@link Method#keptTokens}. */
    default int keptTokens(Budget budget, int prompt) {
        return budget.keptTokens(prompt);
    }

    /**
     * Builds the cache, which the caller closes.
     *
     * @param prefill read with {@link #prefillPattern}
     * @param eviction chooses the tokens
     * @param codec form of the new cache
     */
    default SequenceCache build(Prefilled prefill, Eviction eviction, KvCodec codec) {
        var kept = eviction.choose(prefill);
        var policy = policy(prefill, kept);
        var pool = prefill.model().pool();
        return Compaction.select(prefill.cache(), kept.slots(), codec, policy, pool);
    }
}
