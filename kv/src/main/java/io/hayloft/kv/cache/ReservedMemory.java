package io.hayloft.kv.cache;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The memory that several caches take together. {@link SequenceCache#bytes} of each counts what it would take alone;
 * forks share memory, which is counted once here.
 */
public final class ReservedMemory {
    private ReservedMemory() {}

    /**
     * Returns the bytes reserved from the system for the keys and values of these caches, whole pages, and for their tables
     * and recurrent states on the Java heap. What policies and stores of blocks keep beside their tokens is not in it.
     */
    public static long of(List<SequenceCache> caches) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Object, Boolean>());
        long bytes = 0;
        for (var cache : caches) {
            var outOfWindow = cache.outOfWindow();
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                bytes += cache.state(layer) instanceof LayerCache tokens
                        ? tokens.addReserved(seen)
                        : cache.state(layer).bytes();
                var beside = outOfWindow == null ? null : outOfWindow.tokens(layer);
                bytes += beside == null ? 0 : beside.addReserved(seen);
            }
        }
        return bytes;
    }
}
