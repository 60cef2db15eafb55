package io.hayloft.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * How a prefill runs, and who hears of it.
 *
 * @param chunk rows that run through the layers together; results do not depend on it, to the bit
 * @param signals what methods asked to have recorded, null for nothing
 * @param logits takes the logits of the rows it wants
 * @param progress hears the number of tokens read after each chunk
 */
public record PrefillOptions(
        int chunk, @Nullable PrefillSignals signals, LogitsSink logits, ProgressListener progress) {
    /** Rows of a chunk when nothing else is asked. */
    public static final int DEFAULT_CHUNK = 512;

    /** Checks the chunk. */
    public PrefillOptions {
        if (chunk < 1) {
            throw new IllegalArgumentException("chunk of " + chunk + " rows");
        }
    }

    /** Default chunks, no signals, no progress. */
    public static PrefillOptions logits(LogitsSink logits) {
        return new PrefillOptions(DEFAULT_CHUNK, null, logits, ProgressListener.NONE);
    }
}
