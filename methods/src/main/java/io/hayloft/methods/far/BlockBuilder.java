package io.hayloft.methods.far;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.CacheBuilder;

/**
 * InfLLM: a sliding window, and blocks of older tokens that are looked up at every step.
 *
 * <p>Idea: tokens that leave the window are kept in blocks; a few of them, those that got most attention while they were
 * near, stand for a block, and queries choose the blocks whose representatives they match best. Old tokens are met without
 * a distance of their own: their keys are not rotated, and queries stand at the end of the window.
 *
 * <p>Paper: Xiao et al., "InfLLM: Training-Free Long-Context Extrapolation for LLMs with an Efficient Context Memory",
 * arXiv 2402.04617; sizes and details as in the code of arXiv 2407.01527. Deviations: what is read and what is stored lies
 * in the same memory, and both sizes are reported; there is no cache of recently used blocks.
 *
 * @param retrieval how much is in sight
 */
public record BlockBuilder(Retrieval retrieval) implements CacheBuilder {
    @Override
    public PrefillPattern prefillPattern() {
        return new BlockPrefill(retrieval);
    }

    @Override
    public boolean keepsAll() {
        return true;
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        return prefill.cache().fork();
    }
}
