package io.hayloft.kv.cache;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The states of all layers for one sequence: keys and values, recurrent states. Whoever makes it closes it. */
public final class SequenceCache implements AutoCloseable {
    private final CacheShape shape;
    private final LayerState[] layers;
    private final @Nullable CachePolicy policy;
    private final @Nullable OutOfWindowStore outOfWindow;
    private int nextPosition;

    /**
     * An empty cache.
     *
     * @param reserveTokens tokens for which memory is taken in one piece at the first append; later ones grow it block by
     *     block
     */
    public SequenceCache(CacheShape shape, KvCodec codec, int reserveTokens) {
        this(shape, codec, reserveTokens, false);
    }

    /**
     * An empty cache.
     *
     * @param keepAll whether sliding layers keep tokens outside their window, for tests that compare all of them
     */
    public SequenceCache(CacheShape shape, KvCodec codec, int reserveTokens, boolean keepAll) {
        this(shape, layer -> codec, reserveTokens, keepAll);
    }

    /** An empty cache whose attention layers may store tokens in different forms. */
    public SequenceCache(CacheShape shape, IntFunction<KvCodec> codecOfLayer, int reserveTokens) {
        this(shape, codecOfLayer, reserveTokens, false);
    }

    private SequenceCache(CacheShape shape, IntFunction<KvCodec> codecOfLayer, int reserveTokens, boolean keepAll) {
        this(
                shape,
                build(
                        shape,
                        layer -> shape.shapes().get(layer).create(codecOfLayer.apply(layer), reserveTokens, keepAll)),
                null,
                null,
                0);
    }

    /**
     * An empty cache with out-of-window tokens beside it, which queries see from another distance.
     *
     * @param shape with the windows of this cache, which may be narrower than those of the model
     * @param policy changes the cache after each decode step; null for the policy of {@code outOfWindow}
     * @param outOfWindow belongs to this cache from now on
     */
    public SequenceCache(CacheShape shape, KvCodec codec, @Nullable CachePolicy policy, OutOfWindowStore outOfWindow) {
        this(shape, build(shape, layer -> shape.shapes().get(layer).create(codec, 0, false)), policy, outOfWindow, 0);
    }

    /** Takes ownership of the layers' states and of {@code outOfWindow}. */
    @SuppressWarnings("ReferenceEquality") // one object in two roles
    SequenceCache(
            CacheShape shape,
            LayerState[] layers,
            @Nullable CachePolicy policy,
            @Nullable OutOfWindowStore outOfWindow,
            int nextPosition) {
        if (policy != null && policy == outOfWindow) {
            throw new IllegalArgumentException("a store that is a policy, too, returns itself as its policy");
        }
        this.shape = shape;
        this.layers = layers;
        this.policy = policy;
        this.outOfWindow = outOfWindow;
        this.nextPosition = nextPosition;
    }

    /** The states of all layers; those built so far are closed if one fails. */
    private static LayerState[] build(CacheShape shape, IntFunction<LayerState> stateOfLayer) {
        var layers = new LayerState[shape.layers()];
        int built = 0;
        try {
            for (; built < layers.length; built++) {
                layers[built] = stateOfLayer.apply(built);
            }
            return layers;
        } catch (RuntimeException | Error e) {
            for (int layer = 0; layer < built; layer++) {
                layers[layer].close();
            }
            throw e;
        }
    }

    /** Sizes of the model's caches. */
    public CacheShape shape() {
        return shape;
    }

    /** How tokens are stored; if layers differ in this, how the first attention layer stores them. */
    public KvCodec codec() {
        for (var state : layers) {
            if (state instanceof LayerCache cache) {
                return cache.codec();
            }
        }
        throw new IllegalStateException("no layer keeps keys and values");
    }

    /** Returns the state of a layer, counted from 0. */
    public LayerState state(int layer) {
        return layers[layer];
    }

    /**
     * The keys and values of an attention layer.
     *
     * @throws IllegalArgumentException if the layer keeps none
     */
    public LayerCache layer(int layer) {
        if (layers[layer] instanceof LayerCache cache) {
            return cache;
        }
        throw new IllegalArgumentException("layer " + layer + " keeps no keys and values");
    }

    /** Position of the next token: how many were seen, not how many are kept. */
    public int nextPosition() {
        return nextPosition;
    }

    /**
     * Counts tokens as seen, when all layers have appended and used them: grouped codecs pack what is due, sliding layers
     * let go of what no later query sees.
     */
    public void advance(int tokens) {
        nextPosition += tokens;
        for (var layer : layers) {
            layer.advance(nextPosition);
        }
    }

    /**
     * Gives back memory that a chunk of a prompt has left for the next one, when there is none: sliding layers drop most of what
     * a chunk appends.
     */
    public void giveBack() {
        for (var layer : layers) {
            if (layer instanceof LayerCache cache) {
                cache.giveBack();
            }
        }
    }

    /**
     * Forgets all tokens from a position on, so that other ones can follow there.
     *
     * @param tokens how many tokens of the sequence stay
     * @throws UnsupportedOperationException if a layer cannot go back: recurrent states, codecs that group tokens, caches
     *     with a policy or with tokens outside the window; the cache is then as before
     */
    public void truncate(int tokens) {
        if (tokens < 0 || tokens > nextPosition) {
            throw new IllegalArgumentException(tokens + " of " + nextPosition + " tokens");
        }
        if (policy() != null || outOfWindow != null) {
            throw new UnsupportedOperationException("a cache that changes while it decodes cannot go back");
        }
        var drops = new boolean[layers.length];
        for (int layer = 0; layer < layers.length; layer++) {
            if (shape.isKv(layer)) {
                drops[layer] = layer(layer).checkTruncate(tokens);
            } else if (layers[layer].bytes() > 0) {
                throw new UnsupportedOperationException("layer " + layer + " is recurrent and cannot go back");
            }
        }
        for (int layer = 0; layer < layers.length; layer++) {
            if (drops[layer]) {
                layer(layer).drop(tokens);
            }
        }
        nextPosition = tokens;
        for (int layer = 0; layer < layers.length; layer++) {
            if (drops[layer]) {
                layer(layer).giveBack(); // if memory runs out here, all layers have gone back already
            }
        }
    }

    /**
     * All bytes that this sequence takes for its tokens: keys, values, scales and zero points off the heap, unused rest of
     * blocks included; on the heap, recurrent states, the tables of positions (none as long as a head holds consecutive
     * tokens), what the policy keeps, and what finds out-of-window tokens.
     */
    public long bytes() {
        return cacheBytes() + (outOfWindow == null ? 0 : outOfWindow.bytes());
    }

    /** The part of {@link #bytes} that a step reads: all of it, except where out-of-window tokens are looked up. */
    public long residentBytes() {
        return cacheBytes() + (outOfWindow == null ? 0 : outOfWindow.residentBytes());
    }

    private long cacheBytes() {
        long bytes = policy == null ? 0 : policy.bytes();
        for (var state : layers) {
            bytes += state.bytes();
        }
        return bytes;
    }

    /** The policy that changes this cache after each decode step; null for none. */
    public @Nullable CachePolicy policy() {
        return policy != null ? policy : outOfWindow == null ? null : outOfWindow.policy();
    }

    /** The out-of-window tokens, which queries see from another distance; null for none. */
    public @Nullable OutOfWindowStore outOfWindow() {
        return outOfWindow;
    }

    /** A copy that changes independently of this one, its policy and out-of-window tokens, too; the caller closes it. */
    public SequenceCache fork() {
        var copies = build(shape, layer -> layers[layer].fork());
        OutOfWindowStore outOfWindowCopy = null;
        try {
            outOfWindowCopy = outOfWindow == null ? null : outOfWindow.fork();
            return new SequenceCache(
                    shape, copies, policy == null ? null : policy.fork(), outOfWindowCopy, nextPosition);
        } catch (RuntimeException | Error e) {
            close(copies, outOfWindowCopy);
            throw e;
        }
    }

    @Override
    public void close() {
        close(layers, outOfWindow);
    }

    private static void close(LayerState[] layers, @Nullable OutOfWindowStore outOfWindow) {
        for (var layer : layers) {
            layer.close();
        }
        if (outOfWindow != null) {
            outOfWindow.close();
        }
    }
}
