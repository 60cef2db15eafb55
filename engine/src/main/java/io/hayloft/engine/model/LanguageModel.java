package io.hayloft.engine.model;

import io.hayloft.engine.cache.CacheShape;
import io.hayloft.engine.kernel.WorkerPool;
import io.hayloft.engine.tokenizer.ChatFormat;
import io.hayloft.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;

/** A model ready to run: weights packed in memory, tokenizer, chat format, worker threads. */
public final class LanguageModel implements AutoCloseable {
    private LanguageModel() {}

    /**
     * Loads a GGUF file or a Hugging Face folder.
     *
     * @throws io.hayloft.base.UserError if the file is broken or of an unsupported kind
     */
    public static LanguageModel load(Path path, LoadOptions options) {
        throw new UnsupportedOperationException();
    }

    /** The architecture and its sizes. */
    public DecoderConfig config() {
        throw new UnsupportedOperationException();
    }

    /** The tokenizer, read on first use. */
    public Tokenizer tokenizer() {
        throw new UnsupportedOperationException();
    }

    /** Whether the model's files bring a tokenizer. */
    public boolean hasTokenizer() {
        throw new UnsupportedOperationException();
    }

    /** The chat format; empty for base models. */
    public Optional<ChatFormat> chat() {
        throw new UnsupportedOperationException();
    }

    /** The forward pass. */
    public Decoder decoder() {
        throw new UnsupportedOperationException();
    }

    /** The threads that all work on this model shares. */
    public WorkerPool pool() {
        throw new UnsupportedOperationException();
    }

    /** Shape of the caches of this model. */
    public CacheShape cacheShape() {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the model's files, computed on first use. */
    public String contentHash() {
        throw new UnsupportedOperationException();
    }

    /** File or folder name without extension. */
    public String name() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the packed weights in memory. */
    public long weightBytes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
