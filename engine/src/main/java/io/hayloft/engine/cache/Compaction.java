package io.hayloft.engine.cache;

import org.jspecify.annotations.Nullable;

/** Builds compressed caches from full ones. */
public final class Compaction {
    private Compaction() {}

    /**
     * A new cache with some of the source's slots, stored in another form.
     *
     * @param keep slots to keep, ascending, [layer][head][]; null for all
     * @param codec form of the new cache
     * @param reserveNewTokens tokens that are expected to be appended
     * @param policy what happens to the new cache while it decodes; it belongs to the new cache
     */
    public static SequenceCache select(
            SequenceCache source,
            int @Nullable [][][] keep,
            KvCodec codec,
            int reserveNewTokens,
            @Nullable CachePolicy policy) {
        throw new UnsupportedOperationException();
    }
}
