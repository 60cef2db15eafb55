package io.hayloft.kv.cache;

import io.hayloft.kernels.WorkerPool;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds compressed caches from full ones. */
public final class Compaction {
    private Compaction() {}

    /**
     * Returns a new cache with some of the source's slots, stored in another form.
     *
     * <p>Its memory is of the size of the kept tokens; appended ones grow it block by block. All slots in the source's own
     * form share the source's memory. Positions and the count of tokens seen are those of the source.
     *
     * @param keep slots to keep, ascending, [layer][head][]; null for all, or for all of a layer. Read for attention layers
     *     only: it may end before the states behind them, which go along
     * @param codec form of the new cache
     * @param policy what happens to the new cache while it decodes; it belongs to the new cache
     * @param pool its workers share out the layers
     * @throws IllegalArgumentException if slots are not ascending or out of range
     * @throws io.hayloft.base.UserError if memory runs out; what was built until then is freed
     */
    public static SequenceCache select(
            SequenceCache source,
            int @Nullable [] @Nullable [][] keep,
            KvCodec codec,
            @Nullable CachePolicy policy,
            WorkerPool pool) {
        return select(source, keep, codec, policy, null, pool);
    }

    /**
     * The same, with tokens outside the window.
     *
     * @param outOfWindow belongs to the new cache, and is closed if this fails; null for none
     */
    public static SequenceCache select(
            SequenceCache source,
            int @Nullable [] @Nullable [][] keep,
            KvCodec codec,
            @Nullable CachePolicy policy,
            @Nullable OutOfWindowStore outOfWindow,
            WorkerPool pool) {
        return select(source, keep, layer -> codec, policy, outOfWindow, pool);
    }

    /** The same without recurrent states, for a store beside a cache that has them. */
    public static SequenceCache tokens(SequenceCache source, int[][][] keep, KvCodec codec, WorkerPool pool) {
        return select(source, source.shape().withoutStates(), keep, layer -> codec, null, null, pool);
    }

    /**
     * The same, with a form for each layer: the first and last may stay exact.
     *
     * @param codecOfLayer called once for each attention layer, by any worker
     */
    public static SequenceCache select(
            SequenceCache source,
            int @Nullable [] @Nullable [][] keep,
            IntFunction<KvCodec> codecOfLayer,
            @Nullable CachePolicy policy,
            @Nullable OutOfWindowStore outOfWindow,
            WorkerPool pool) {
        return select(source, source.shape(), keep, codecOfLayer, policy, outOfWindow, pool);
    }

    private static SequenceCache select(
            SequenceCache source,
            CacheShape shape,
            int @Nullable [] @Nullable [][] keep,
            IntFunction<KvCodec> codecOfLayer,
            @Nullable CachePolicy policy,
            @Nullable OutOfWindowStore outOfWindow,
            WorkerPool pool) {
        var layers = new @Nullable LayerState[shape.layers()];
        try {
            pool.run(layers.length, (layer, worker) -> {
                if (shape.isKv(layer)) {
                    var slots = keep == null ? null : keep[layer];
                    layers[layer] = layer(source.layer(layer), slots, codecOfLayer.apply(layer));
                } else {
                    boolean all = shape.shapes()
                            .get(layer)
                            .equals(source.shape().shapes().get(layer));
                    layers[layer] = all ? source.state(layer).fork() : new RecurrentState(0);
                }
            });
        } catch (Throwable e) {
            for (var layer : layers) {
                if (layer != null) {
                    layer.close();
                }
            }
            if (outOfWindow != null) {
                outOfWindow.close();
            }
            throw e;
        }
        return new SequenceCache(shape, built(layers), policy, outOfWindow, source.nextPosition());
    }

    private static LayerState[] built(@Nullable LayerState[] layers) {
        var built = new LayerState[layers.length];
        for (int layer = 0; layer < built.length; layer++) {
            built[layer] = Objects.requireNonNull(layers[layer]);
        }
        return built;
    }

    private static LayerCache layer(LayerCache source, int @Nullable [][] keep, KvCodec codec) {
        if (keep == null && codec.equals(source.codec())) {
            return source.fork();
        }
        var target = new LayerCache(source.shape(), codec, 0, false);
        try {
            target.fill(source, keep == null ? all(source) : keep);
            return target;
        } catch (Throwable e) {
            target.close();
            throw e;
        }
    }

    private static int[][] all(LayerCache source) {
        var slots = new int[source.kvHeads()][];
        for (int head = 0; head < slots.length; head++) {
            slots[head] = IntStream.range(0, source.length(head)).toArray();
        }
        return slots;
    }
}
