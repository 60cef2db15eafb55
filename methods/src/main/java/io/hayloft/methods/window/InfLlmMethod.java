package io.hayloft.methods.window;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import io.hayloft.methods.MethodId;

/**
 * InfLLM: a sliding window, and blocks of older tokens that are looked up at every step.
 *
 * <p>Idea: tokens that leave the window are kept in blocks. A few tokens represent their block: those that got most
 * attention while they were in the window. Queries choose the blocks whose representatives they match best. Older tokens
 * have no distance of their own: their keys are not rotated, and queries are rotated for the end of the window.
 *
 * <p>Paper: Xiao et al., "InfLLM: Training-Free Long-Context Extrapolation for LLMs with an Efficient Context Memory",
 * arXiv 2402.04617; sizes and details as in the code of arXiv 2407.01527. Deviations: blocks that are read and blocks that
 * are only stored lie in the same memory, and both sizes are reported; there is no cache of recently used blocks.
 *
 * @param retrieval how many tokens are in sight
 */
public record InfLlmMethod(MethodId id, Retrieval.Shares retrieval) implements Method {
    @Override
    public double requestedRatio() {
        return id.textRatio() * retrieval.budget().requestedRatio();
    }

    @Override
    public int keptTokens(int prompt, int group) {
        return prompt;
    }

    @Override
    public SignalRequest signals() {
        return SignalRequest.NONE;
    }

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
