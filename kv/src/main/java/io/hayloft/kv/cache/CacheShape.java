package io.hayloft.kv.cache;

import io.hayloft.kv.cache.LayerShape.KvShape;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sizes of a model's layer states.
 *
 * @param shapes of each layer; behind them may come those of recurrent mixers that work beside the attention of a layer
 */
public record CacheShape(List<LayerShape> shapes) {
    /** Checks that there are layers. */
    public CacheShape {
        shapes = List.copyOf(shapes);
        if (shapes.isEmpty()) {
            throw new IllegalArgumentException("no layers");
        }
    }

    /** Equal attention layers that see all tokens. */
    public static CacheShape full(int layers, int kvHeads, int headDim) {
        return new CacheShape(Collections.nCopies(layers, new KvShape(kvHeads, headDim, 0)));
    }

    /** Attention layers that differ in their windows only; a window of 0 sees all tokens. */
    public static CacheShape windowed(int kvHeads, int headDim, int... windowOfLayer) {
        return new CacheShape(IntStream.of(windowOfLayer)
                .<LayerShape>mapToObj(window -> new KvShape(kvHeads, headDim, window))
                .toList());
    }

    /** The same, where attention layers that see all tokens get a window. */
    public CacheShape narrowed(int window) {
        return new CacheShape(shapes.stream()
                .map(shape -> shape instanceof KvShape(int kvHeads, int headDim, int own, boolean keyed) && own == 0
                        ? new KvShape(kvHeads, headDim, window, keyed)
                        : shape)
                .toList());
    }

    /** The same with empty recurrent states: of a store beside the cache that has them. */
    public CacheShape withoutStates() {
        return new CacheShape(shapes.stream()
                .map(shape -> shape instanceof RecurrentShape ? RecurrentShape.EMPTY : shape)
                .toList());
    }

    /** Number of states: one for each layer, and one for each mixer beside an attention. */
    public int layers() {
        return shapes.size();
    }

    /** Whether any layer keeps keys and values: without, there is nothing to compress. */
    public boolean hasKv() {
        return shapes.stream().anyMatch(KvShape.class::isInstance);
    }

    /** Bytes of the recurrent states of a sequence, whatever its length; 0 for most models. */
    public long stateBytes() {
        long bytes = 0;
        for (var shape : shapes) {
            bytes += shape instanceof RecurrentShape(int floats) ? (long) Float.BYTES * floats : 0;
        }
        return bytes;
    }

    /** Whether a layer keeps keys and values. */
    public boolean isKv(int layer) {
        return shapes.get(layer) instanceof KvShape;
    }

    /**
     * The shape of an attention layer.
     *
     * @throws IllegalArgumentException if the layer keeps no keys and values
     */
    public KvShape kv(int layer) {
        if (shapes.get(layer) instanceof KvShape kv) {
            return kv;
        }
        throw new IllegalArgumentException("layer " + layer + " keeps no keys and values");
    }

    /**
     * Tokens that a query of an attention layer sees, itself included; 0 for all.
     *
     * @throws IllegalArgumentException if the layer keeps no keys and values
     */
    public int window(int layer) {
        return kv(layer).window();
    }

    /** Whether a layer keeps keys and values of all tokens: what methods that drop tokens work on. */
    public boolean seesAll(int layer) {
        return isKv(layer) && window(layer) == 0;
    }

    /** Bytes that an uncompressed cache of this many tokens needs: no block rounding, sliding layers keep their window. */
    public long fullBytes(int tokens, KvCodec type) {
        return keptBytes(tokens, tokens, type);
    }

    /**
     * Bytes that a cache needs which keeps some of its tokens: no block rounding.
     *
     * @param kept tokens in attention layers that see all
     * @param seen tokens that went in, of which sliding layers keep their window
     */
    public long keptBytes(int kept, int seen, KvCodec type) {
        long bytes = 0;
        for (var shape : shapes) {
            bytes += shape.bytes(kept, seen, type);
        }
        return bytes;
    }
}
