package io.hayloft.engine.tokenizer;

import java.nio.file.Path;
import java.util.Map;

/** Opens tokenizers. Every method throws {@link io.hayloft.base.UserError} for files that are missing or broken. */
public final class Tokenizers {
    private Tokenizers() {}

    /** The tokenizer of a Hugging Face model folder: {@code tokenizer.json}, special ids from the files beside it. */
    public static Tokenizer fromFolder(Path folder) {
        throw new UnsupportedOperationException();
    }

    /** The tokenizer in this file; special ids from the files beside it, where there are any. */
    public static Tokenizer fromTokenizerJson(Path file) {
        throw new UnsupportedOperationException();
    }

    /** The tokenizer in the metadata of a GGUF file. */
    public static Tokenizer fromGguf(Map<String, Object> metadata) {
        throw new UnsupportedOperationException();
    }
}
