package io.hayloft.methods;

import io.hayloft.engine.model.LanguageModel;
import org.jspecify.annotations.Nullable;

/** The compressors that a method may ask for; methods that ask for equal ones share one. */
public sealed interface CompressorKind {
    /**
     * Checks, without loading anything, that {@link #open} will find what it needs.
     *
     * @throws io.hayloft.base.UserError if it will not
     */
    void check();

    /**
     * Hash of what results depend on beside the model and the expression of the method; empty for nothing. Checks as {@link
     * #check} does.
     */
    String contentHash();

    /** A compressor for the prompts of a model. */
    PromptCompressor open(LanguageModel model);

    /**
     * The word classifier of LLMLingua-2 with the settings of the paper.
     *
     * @param folder its weights, null for where they usually are
     * @param gptRate whether the rate is counted as the original does, or else in tokens of the model
     */
    record Classifier(@Nullable String folder, boolean gptRate) implements CompressorKind {
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

    /** Self-information from the model itself. */
    record ModelItself() implements CompressorKind {
        @Override
        public void check() {
            // needs nothing but the model
        }

        @Override
        public String contentHash() {
            return "";
        }

        @Override
        public PromptCompressor open(LanguageModel model) {
            return new Selective(model);
        }
    }
}
