package io.hayloft.methods;

import io.hayloft.engine.generation.CompressionMethod;
import java.util.Optional;

/**
 * A compression method with all its parameters: one row of a report.
 *
 * <p>Most are a {@link ComposedMethod}; a standalone method, which does more than choose and store tokens, implements this
 * interface itself.
 */
public interface Method extends CompressionMethod {
    /** Name, version and prompt step. */
    MethodId id();

    /** The canonical expression, such as {@code snapkv:4x}; parsing it gives this method again. */
    @Override
    default String name() {
        return id().name();
    }

    /** The name of the method without its parameters, such as {@code snapkv}. */
    default String family() {
        return id().family();
    }

    /** How the method saves bytes. */
    default Category category() {
        return id().category();
    }

    /** A number that changes when the method's results do; see {@link MethodId}. */
    default int version() {
        return id().version();
    }

    /** How the text of a prompt is shortened before the model reads it; empty for methods that leave it alone. */
    default Optional<PromptStep> prompt() {
        return Optional.ofNullable(id().prompt());
    }

    /** Full size over compressed size as asked for, at least 1; NaN where the method is not given a ratio. */
    double requestedRatio();

    /**
     * Returns the most tokens of a prompt that the KV heads of a layer hold, on average over these heads, when the cache
     * has been built and has shrunk; in layers that see all tokens.
     *
     * @param prompt tokens of the prompt, at least 1
     * @param group query heads that share a KV head
     */
    int keptTokens(int prompt, int group);
}
