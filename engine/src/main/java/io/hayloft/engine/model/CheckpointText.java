package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.tokenizer.ChatFormat;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.util.Optional;

/** Finds a checkpoint's tokenizer and chat format, in a GGUF file's metadata or beside the weights of a folder. */
public final class CheckpointText {
    private CheckpointText() {}

    /** Whether the files bring a tokenizer: checkpoints for tests may come without. */
    public static boolean hasTokenizer(Checkpoint checkpoint) {
        return checkpoint
                .gguf()
                .map(gguf -> gguf.metadata().containsKey("tokenizer.ggml.tokens"))
                .orElseGet(() -> checkpoint.folder().filter(Tokenizers::isIn).isPresent());
    }

    /**
     * Opens the tokenizer, which the caller closes.
     *
     * @throws UserError if the files bring none, or a broken one
     */
    public static Tokenizer tokenizer(Checkpoint checkpoint) {
        var gguf = checkpoint.gguf();
        return gguf.isPresent()
                ? Tokenizers.fromGguf(gguf.get().metadata(), checkpoint.path().toString())
                : Tokenizers.fromFolder(checkpoint.folder().orElse(checkpoint.path()));
    }

    /** The chat format; empty for base models. */
    public static Optional<ChatFormat> chat(Checkpoint checkpoint) {
        var gguf = checkpoint.gguf();
        return gguf.isPresent()
                ? ChatFormat.fromGguf(gguf.get().metadata(), checkpoint.path().toString())
                : ChatFormat.fromFolder(checkpoint.folder().orElse(checkpoint.path()));
    }
}
