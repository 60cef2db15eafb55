package io.hayloft.methods;

import io.hayloft.engine.model.LanguageModel;

/** A prompt compressor that a method may ask for; methods that ask for equal ones share one. */
public interface CompressorKind {
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
}
