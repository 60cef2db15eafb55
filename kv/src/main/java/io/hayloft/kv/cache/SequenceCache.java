package io.hayloft.kv.cache;

import org.jspecify.annotations.Nullable;

/** What one sequence keeps of the tokens it has seen, in all layers. Whoever makes it closes it. */
public final class SequenceCache implements AutoCloseable {
    private final CacheShape shape;
    private final KvCodec codec;
    private final LayerCache[] layers;
    private final @Nullable CachePolicy policy;
    private final @Nullable FarMemory far;
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
        this(shape, codec, layers(shape, codec, reserveTokens, keepAll), null, null, 0);
    }

    /**
     * An empty cache with a memory behind it.
     *
     * @param shape with the windows of this cache, which may be narrower than those of the model
     * @param policy what happens to it at each decode step
     * @param far belongs to this cache from now on
     */
    public SequenceCache(CacheShape shape, KvCodec codec, @Nullable CachePolicy policy, FarMemory far) {
        this(shape, codec, layers(shape, codec, 0, false), policy, far, 0);
    }

    SequenceCache(
            CacheShape shape,
            KvCodec codec,
            LayerCache[] layers,
            @Nullable CachePolicy policy,
            @Nullable FarMemory far,
            int nextPosition) {
        this.shape = shape;
        this.codec = codec;
        this.layers = layers;
        this.policy = policy;
        this.far = far;
        this.nextPosition = nextPosition;
    }

    private static LayerCache[] layers(CacheShape shape, KvCodec codec, int reserveTokens, boolean keepAll) {
        var layers = new LayerCache[shape.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = new LayerCache(
                    shape.kvHeads(), shape.headDim(), shape.window(layer), codec, reserveTokens, keepAll);
        }
        return layers;
    }

    /** Sizes of the model's caches. */
    public CacheShape shape() {
        return shape;
    }

    /** How tokens are stored. */
    public KvCodec codec() {
        return codec;
    }

    /** One layer, from 0. */
    public LayerCache layer(int layer) {
        return layers[layer];
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
     * All bytes that this sequence takes for its tokens: keys, values, scales and minima off the heap, unused rest of
     * blocks included; on the heap, the tables of positions (none as long as a head holds consecutive tokens), what the
     * policy keeps, and what finds far tokens.
     */
    public long bytes() {
        return nearBytes() + (far == null ? 0 : far.bytes());
    }

    /** The part of {@link #bytes} that a step reads: all of it, except for a memory in which tokens are looked up. */
    public long residentBytes() {
        return nearBytes() + (far == null ? 0 : far.residentBytes());
    }

    private long nearBytes() {
        long bytes = 0;
        for (var layer : layers) {
            bytes += layer.bytes() + layer.positionBytes();
        }
        return policy == null || policy instanceof FarMemory ? bytes : bytes + policy.bytes();
    }

    /** What happens to this cache after each decode step; null for nothing. */
    public @Nullable CachePolicy policy() {
        return policy;
    }

    /** Tokens that are seen from another distance; null for none. */
    public @Nullable FarMemory far() {
        return far;
    }

    /** A deep copy; its policy is a fork of this one's. */
    public SequenceCache fork() {
        var copies = new LayerCache[layers.length];
        for (int layer = 0; layer < layers.length; layer++) {
            copies[layer] = layers[layer].fork();
        }
        var farCopy = far == null ? null : far.fork();
        var policyCopy = policy == null ? null : policy instanceof FarMemory ? (CachePolicy) farCopy : policy.fork();
        return new SequenceCache(shape, codec, copies, policyCopy, farCopy, nextPosition);
    }

    @Override
    public void close() {
        for (var layer : layers) {
            layer.close();
        }
        if (far != null) {
            far.close();
        }
    }
}
