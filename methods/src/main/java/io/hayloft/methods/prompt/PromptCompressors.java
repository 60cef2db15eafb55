package io.hayloft.methods.prompt;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Budget;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.PromptCompressor;
import io.hayloft.methods.PromptStep;
import java.util.HashMap;
import java.util.Map;

/** Carries out prompt steps for one model; compressors are opened when first needed. One caller at a time. */
public final class PromptCompressors implements AutoCloseable {
    private final LanguageModel model;
    private final Map<CompressorKind, PromptCompressor> open = new HashMap<>();

    /** Compressors for the prompts of a model, which stays the caller's. */
    public PromptCompressors(LanguageModel model) {
        this.model = model;
    }

    /**
     * Compresses the document of a prompt. Space at either end stays, so that what stands around it keeps its form.
     *
     * @throws io.hayloft.base.UserError if the compressor lacks its weights
     */
    public CompressedPrompt compress(PromptStep step, String document) {
        var core = document.strip();
        int tokens = TokenCount.of(model.tokenizer()).count(core);
        if (step.keepsAll() || core.isEmpty() || step.budget().keptTokens(tokens) >= tokens) {
            return CompressedPrompt.untouched(document, tokens);
        }
        int start = document.indexOf(core);
        return open.computeIfAbsent(step.compressor(), kind -> kind.open(model))
                .compress(core, rate(step.budget(), tokens))
                .between(document.substring(0, start), document.substring(start + core.length()));
    }

    private static double rate(Budget budget, int tokens) {
        return switch (budget) {
            case Budget.Ratio ratio -> 1 / ratio.ratio();
            case Budget.Tokens fixed -> (double) fixed.tokens() / tokens;
        };
    }

    @Override
    public void close() {
        open.values().forEach(PromptCompressor::close);
        open.clear();
    }
}
