package io.hayloft.kv.cache;

import io.hayloft.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/** Builds compressed caches from full ones. */
public final class Compaction {
    private Compaction() {}

    /**
     * A new cache with some of the source's slots, stored in another form.
     *
     * <p>Its memory is of the size of the kept tokens; appended ones will grow it block by block. Positions and the count of
     * tokens seen are those of the source.
     *
     * @param keep slots to keep, ascending, [layer][head][]; null for all, or for all of a layer
     * @param codec form of the new cache
     * @param reserveNewTokens tokens that are expected to be appended; a hint
     * @param policy what happens to the new cache while it decodes; it belongs to the new cache
     * @param pool its workers share out the layers
     * @throws IllegalArgumentException if slots are not ascending or out of range
     */
    public static SequenceCache select(
            SequenceCache source,
            int @Nullable [] @Nullable [][] keep,
            KvCodec codec,
            int reserveNewTokens,
            @Nullable CachePolicy policy,
            WorkerPool pool) {
        return select(source, keep, codec, reserveNewTokens, policy, null, pool);
    }

    /**
     * The same, with a memory behind the new cache.
     *
     * @param far belongs to the new cache; null for none
     */
    public static SequenceCache select(
            SequenceCache source,
            int @Nullable [] @Nullable [][] keep,
            KvCodec codec,
            int reserveNewTokens,
            @Nullable CachePolicy policy,
            @Nullable FarMemory far,
            WorkerPool pool) {
        var shape = source.shape();
        var layers = new LayerCache[shape.layers()];
        pool.run(
                layers.length,
                (layer, worker) ->
                        layers[layer] = layer(source.layer(layer), keep == null ? null : keep[layer], codec));
        return new SequenceCache(shape, codec, layers, policy, far, source.nextPosition());
    }

    private static LayerCache layer(LayerCache source, int @Nullable [][] keep, KvCodec codec) {
        if (keep == null && codec.equals(source.codec())) {
            return source.fork();
        }
        var target = new LayerCache(source.kvHeads(), source.headDim(), source.window(), codec, 0, false);
        var lengths = new int[source.kvHeads()];
        for (int head = 0; head < lengths.length; head++) {
            lengths[head] = keep == null ? source.length(head) : checked(keep[head], source.length(head)).length;
        }
        target.reserve(lengths);
        for (int head = 0; head < lengths.length; head++) {
            var from = source.head(head);
            var to = target.head(head);
            for (int i = 0; i < lengths[head]; i++) {
                to.appendFrom(from, keep == null ? i : keep[head][i]);
            }
        }
        target.settle();
        return target;
    }

    private static int[] checked(int[] slots, int length) {
        int previous = -1;
        for (int slot : slots) {
            if (slot <= previous || slot >= length) {
                throw new IllegalArgumentException("slot " + slot + " after " + previous + " of " + length);
            }
            previous = slot;
        }
        return slots;
    }
}
