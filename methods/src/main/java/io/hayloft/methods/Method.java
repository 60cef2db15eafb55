package io.hayloft.methods;

import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.methods.prompt.PromptStep;
import java.util.Optional;

/** A compression method with all its parameters: what one row of a report stands for. */
public interface Method extends CompressionMethod {
    /** The canonical expression, such as {@code snapkv:4x}; parsing it gives this method again. */
    @Override
    String name();

    /** The name of the method without its parameters, such as {@code snapkv}. */
    String family();

    /** A number that changes when the method's results do. */
    default int version() {
        return 1;
    }

    /** How the method saves bytes. */
    School school();

    /** What happens to the text of a prompt before the model reads it; empty for methods that leave it alone. */
    Optional<PromptStep> prompt();

    /** Full size over compressed size as asked for, at least 1; NaN where the method is not given a ratio. */
    double requestedRatio();

    /**
     * The most tokens of a prompt that a KV head holds when the cache has been built and has shrunk, in layers that see
     * all tokens.
     *
     * @param prompt tokens of the prompt, at least 1
     * @param group query heads that share a KV head
     */
    int keptTokens(int prompt, int group);
}
