package io.hayloft.methods.window;

import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.OutOfWindowStore;

/** Copies tokens from a cache that slides to the store beside it. */
final class TokenCopy {
    /** Leaves keys at their positions. */
    static final OutOfWindowStore.InverseRotation AS_THEY_ARE = (key, at, position) -> {};

    private TokenCopy() {}

    /** Appends the tokens at positions {@code from .. to-1}, which the source holds in slots in order. */
    static void copy(
            LayerCache source, int from, int to, LayerCache target, OutOfWindowStore.InverseRotation rotation) {
        int dim = source.headDim();
        int width = source.kvHeads() * dim;
        int count = to - from;
        var keys = new float[count * width];
        var values = new float[count * width];
        var head = new float[count * dim];
        for (int kvHead = 0; kvHead < source.kvHeads(); kvHead++) {
            int slot = from - source.position(kvHead, 0);
            source.readKeys(kvHead, slot, count, head, 0);
            for (int i = 0; i < count; i++) {
                rotation.undo(head, i * dim, from + i);
                System.arraycopy(head, i * dim, keys, i * width + kvHead * dim, dim);
            }
            source.readValues(kvHead, slot, count, head, 0);
            for (int i = 0; i < count; i++) {
                System.arraycopy(head, i * dim, values, i * width + kvHead * dim, dim);
            }
        }
        target.append(keys, 0, values, 0, count, width, from);
    }
}
