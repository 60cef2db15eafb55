package io.hayloft.methods.prompt;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.PromptCompressor;
import org.jspecify.annotations.Nullable;

/**
 * The word classifier of LLMLingua-2 with the settings of the paper.
 *
 * @param folder its weights, null for where they usually are
 * @param gptRate whether the rate is counted as the original does, or else in tokens of the model
 */
public record Llmlingua2Kind(@Nullable String folder, boolean gptRate) implements CompressorKind {
    @Override
    public void check() {
        Llmlingua2Weights.find(folder);
    }

    @Override
    public String contentHash() {
        return Llmlingua2Weights.contentHash(Llmlingua2Weights.find(folder));
    }

    @Override
    public PromptCompressor open(LanguageModel model) {
        var keep = KeepModel.load(Llmlingua2Weights.find(folder), model.pool(), KeepOptions.PAPER);
        return gptRate
                ? new Llmlingua2(keep, TokenCount.GPT_ESTIMATE, Llmlingua2.Rate.OFFICIAL)
                : new Llmlingua2(keep, TokenCount.of(model.tokenizer()), Llmlingua2.Rate.MET);
    }
}
