package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.ReservedMemory;
import io.hayloft.kv.cache.SequenceCache;
import java.util.List;

/** What a cache says it takes, against the mappings that were made for it. */
final class ReservedCheck {
    private final SequenceCache prompt;
    private final long mappedBefore = NativeMemory.mappedBytes();

    /**
     * Begins before the cache is built.
     *
     * @param prompt the cache that it is built from, whose memory it may share
     */
    ReservedCheck(SequenceCache prompt) {
        this.prompt = prompt;
    }

    /** Checks the cache, after it was built or has decoded, while the one it was built from is open. */
    void check(String name, SequenceCache cache) {
        long beyond = ReservedMemory.of(List.of(prompt, cache)) - ReservedMemory.of(List.of(prompt));
        assertThat(NativeMemory.mappedBytes() - mappedBefore).as(name).isEqualTo(beyond - tableBytes(cache));
        var policy = cache.policy();
        if (cache.far() == null) { // else representatives, and sums of attention, lie on the heap, too
            long kept = policy == null ? 0 : policy.bytes();
            assertThat(cache.bytes()).as(name).isBetween(1L, ReservedMemory.of(List.of(cache)) + kept);
        } else {
            assertThat(cache.bytes()).as(name).isLessThanOrEqualTo(2 * ReservedMemory.of(List.of(cache)));
        }
        assertThat(cache.residentBytes()).as(name).isLessThanOrEqualTo(cache.bytes());
    }

    /** Checks that what was mapped since the beginning is gone, when the cache is closed. */
    void closed(String name) {
        assertThat(NativeMemory.mappedBytes()).as(name).isEqualTo(mappedBefore);
    }

    /** Bytes of tables on the heap, which are no mappings. */
    private static long tableBytes(SequenceCache cache) {
        long bytes = 0;
        var far = cache.far();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            bytes += cache.layer(layer).tableBytes();
            var tokens = far == null ? null : far.tokens(layer);
            bytes += tokens == null ? 0 : tokens.tableBytes();
        }
        return bytes;
    }
}
