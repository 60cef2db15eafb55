package io.hayloft.methods.prompt;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.PromptCompressor;

/** {@link Selective}: self-information from the model itself. */
public record SelectiveKind() implements CompressorKind {
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
