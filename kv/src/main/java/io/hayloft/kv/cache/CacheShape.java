package io.hayloft.kv.cache;

import java.util.Arrays;

/**
 * Sizes of the caches of a model.
 *
 * @param layers number of layers
 * @param kvHeads key and value heads of a layer
 * @param headDim channels of a head
 * @param windowOfLayer tokens that a query of each layer sees, itself included; 0 for all
 */
public record CacheShape(int layers, int kvHeads, int headDim, int[] windowOfLayer) {
    /** Checks the sizes. */
    public CacheShape {
        if (layers < 1 || kvHeads < 1 || headDim < 1 || windowOfLayer.length != layers) {
            throw new IllegalArgumentException(layers + " layers, " + kvHeads + " KV heads of " + headDim
                    + " channels, windows of " + windowOfLayer.length + " layers");
        }
        windowOfLayer = windowOfLayer.clone();
    }

    /** A shape whose layers see all tokens. */
    public static CacheShape full(int layers, int kvHeads, int headDim) {
        return new CacheShape(layers, kvHeads, headDim, new int[layers]);
    }

    @Override
    public int[] windowOfLayer() {
        return windowOfLayer.clone();
    }

    /** Tokens that a query of this layer sees, itself included; 0 for all. */
    public int window(int layer) {
        return windowOfLayer[layer];
    }

    /** Bytes that an uncompressed cache of this many tokens needs: no block rounding, sliding layers keep their window. */
    public long fullBytes(int tokens, KvCodec type) {
        return keptBytes(tokens, tokens, type);
    }

    /**
     * Bytes that a cache needs which keeps some of its tokens: no block rounding.
     *
     * @param kept tokens in layers that see all
     * @param seen tokens that went in, of which sliding layers keep their window
     */
    public long keptBytes(int kept, int seen, KvCodec type) {
        long bytes = 0;
        for (int window : windowOfLayer) {
            bytes += type.bytes(kvHeads, headDim, window == 0 ? kept : Math.min(seen, window));
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheShape that
                && layers == that.layers
                && kvHeads == that.kvHeads
                && headDim == that.headDim
                && Arrays.equals(windowOfLayer, that.windowOfLayer);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(windowOfLayer) + 31 * (layers + 31 * (kvHeads + 31 * headDim));
    }
}
