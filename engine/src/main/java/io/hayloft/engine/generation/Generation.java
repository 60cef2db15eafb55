package io.hayloft.engine.generation;

import io.hayloft.engine.model.LanguageModel;
import java.util.List;

/** One prefill, then every recipe's cache decodes in lockstep. */
public final class Generation {
    private Generation() {}

    /**
     * Completes a prompt once for each recipe; the results equal running each recipe alone, to the bit.
     *
     * @param compressAfter number of tokens read before the caches are compressed: the prompt's length, or the length of
     *     the context, so that the tokens of the question reach each cache only after its compression
     * @return completions in the order of the recipes
     * @throws io.hayloft.base.UserError if the prompt does not fit the model's context
     */
    public static List<Completion> run(
            LanguageModel model,
            int[] prompt,
            int compressAfter,
            List<CacheRecipe> recipes,
            GenerationOptions options,
            GenerationListener listener) {
        throw new UnsupportedOperationException();
    }
}
