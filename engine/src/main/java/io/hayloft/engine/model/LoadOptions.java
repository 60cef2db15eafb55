package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.packed.PackedFolder;
import org.jspecify.annotations.Nullable;

/**
 * How a model is loaded.
 *
 * @param threads worker threads of the model's pool, the caller included
 * @param backend computes the matrix products of prefills; null for the engine's own kernels
 * @param progress hears about every layer that has been packed
 * @param tokenizer whether to read the tokenizer meanwhile; otherwise it is read on first use
 * @param packed keeps the packed weights of large models for later starts; null to pack them each time
 */
public record LoadOptions(
        int threads,
        @Nullable PrefillBackend backend,
        ProgressListener progress,
        boolean tokenizer,
        @Nullable PackedFolder packed) {
    /** Checks the number of threads. */
    public LoadOptions {
        if (threads < 1 || threads > 1024) {
            throw new UserError("threads must be between 1 and 1024, not " + threads);
        }
    }

    /** With the tokenizer; no packed weights are kept. */
    public LoadOptions(int threads, @Nullable PrefillBackend backend, ProgressListener progress) {
        this(threads, backend, progress, true, null);
    }

    /** As many threads as the machine has processors, own kernels, no progress. */
    public static LoadOptions defaults() {
        return withThreads(Runtime.getRuntime().availableProcessors());
    }

    /** This many threads, own kernels, no progress. */
    public static LoadOptions withThreads(int threads) {
        return new LoadOptions(threads, null, ProgressListener.NONE);
    }

    /** The same for a caller that has ids of tokens and no text. */
    public LoadOptions withoutTokenizer() {
        return new LoadOptions(threads, backend, progress, false, packed);
    }

    /** The same with a place for packed weights; null for none. */
    public LoadOptions withPacked(@Nullable PackedFolder folder) {
        return new LoadOptions(threads, backend, progress, tokenizer, folder);
    }
}
