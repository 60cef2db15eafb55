package io.hayloft.methods;

import io.hayloft.kv.cache.KvCodec;
import java.util.function.Function;

/** One part of an expression: {@code snapkv:4x + kivi:4bit} has two. */
public sealed interface Part {
    /** Leaves the cache as it is. */
    record Nothing() implements Part {}

    /** Shortens the text of the prompt. */
    record Shorten(PromptStep step) implements Part {}

    /** Keeps some tokens of the prompt, and may go on evicting while decoding. */
    record Evict(Eviction eviction) implements Part {}

    /**
     * Stores tokens with fewer bits.
     *
     * @param codec the form of the stored tokens
     * @param promptToo whether the prompt, while it is read, already sees tokens as they are stored
     */
    record Store(KvCodec codec, boolean promptToo) implements Part {}

    /**
     * A method that shares its cache with no other part.
     *
     * @param budget tokens that it keeps, or reads at each step
     * @param method makes the method; not asked where the budget is a ratio of 1, which keeps everything
     */
    record Standalone(Budget budget, Function<MethodId, Method> method) implements Part {}
}
