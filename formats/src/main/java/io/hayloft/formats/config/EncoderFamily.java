package io.hayloft.formats.config;

import io.hayloft.base.UserError;

/** The encoders that can be read; they differ in positions and in the names of their tensors. */
public enum EncoderFamily {
    /** BERT, multilingual BERT among them. */
    BERT("bert", "bert."),
    /** XLM-RoBERTa. */
    XLM_ROBERTA("xlm-roberta", "roberta.");

    private final String modelType;
    private final String prefix;

    EncoderFamily(String modelType, String prefix) {
        this.modelType = modelType;
        this.prefix = prefix;
    }

    /** The prefix of its tensors' names, those of the classifier excepted. */
    public String prefix() {
        return prefix;
    }

    /**
     * The family that config.json calls by this name.
     *
     * @throws UserError if it is another kind of model
     */
    public static EncoderFamily of(String modelType) {
        for (var family : values()) {
            if (family.modelType.equals(modelType)) {
                return family;
            }
        }
        throw new UserError("model_type '" + modelType
                + "' is not a token classifier that can be read: give a folder with" + " a bert or xlm-roberta model");
    }
}
