package io.hayloft.methods.window;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.OutOfWindowStore;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.kv.cache.TokenMask;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The block store of {@link InfLlmMethod}: all tokens that have left the window, their keys without rotation, and which of
 * their blocks the current queries chose.
 */
public final class BlockStore implements OutOfWindowStore, CachePolicy {
    private final Retrieval.Sizes sizes;
    private final SequenceCache store;
    private final @Nullable LayerBlocks[] blocks; // null for layers that have a window of their own

    private BlockStore(Retrieval.Sizes sizes, SequenceCache store, @Nullable LayerBlocks[] blocks) {
        this.sizes = sizes;
        this.store = store;
        this.blocks = blocks;
    }

    /**
     * @param queryHeads query heads of each attention layer
     */
    static BlockStore empty(Retrieval.Sizes sizes, CacheShape shape, IntUnaryOperator queryHeads, KvCodec codec) {
        var blocks = new @Nullable LayerBlocks[shape.layers()];
        for (int layer = 0; layer < blocks.length; layer++) {
            if (shape.seesAll(layer)) {
                blocks[layer] = new LayerBlocks(
                        sizes, queryHeads.applyAsInt(layer), shape.kv(layer).headDim());
            }
        }
        return new BlockStore(sizes, new SequenceCache(shape.withoutStates(), codec, 0), blocks);
    }

    /** The blocks of a layer; null for a layer that is left alone. */
    public @Nullable LayerBlocks blocks(int layer) {
        return blocks[layer];
    }

    @Override
    public int queryPosition(int position) {
        return sizes.local() - 1;
    }

    /** Rows that choose together see the same tokens, so that positions hide none; see {@link LayerBlocks#hide}. */
    @Override
    public int distance() {
        return 0;
    }

    @Override
    public @Nullable LayerCache tokens(int layer) {
        return blocks[layer] == null ? null : store.layer(layer);
    }

    @Override
    public void prepare(
            int layer,
            LayerCache near,
            int first,
            int rows,
            float[] queries,
            int at,
            int width,
            InverseRotation rotation) {
        var own = blocks[layer];
        if (own == null) {
            return;
        }
        var tokens = store.layer(layer);
        own.formBlocks(tokens, first);
        int have = tokens.length(0);
        int wanted = Math.min(first + rows, first + rows - sizes.local() + 1);
        if (have < wanted) {
            TokenCopy.copy(near, have, wanted, tokens, rotation);
        }
        own.choose(queries, at, rows, width);
        own.showUpTo(first + rows - 1 - sizes.local());
        own.growAttention(first + rows);
    }

    @Override
    public @Nullable TokenMask outOfWindowMask(int layer) {
        return blocks[layer];
    }

    @Override
    public float @Nullable [] accumulatedAttention(int layer) {
        var own = blocks[layer];
        return own == null ? null : own.attention();
    }

    @Override
    public CachePolicy policy() {
        return this;
    }

    @Override
    public boolean wantsProbabilities() {
        return true;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        var own = blocks[layer];
        if (own != null) {
            own.addAttention(cache, attention);
        }
    }

    @Override
    public long bytes() {
        long bytes = store.bytes();
        for (var own : blocks) {
            bytes += own == null ? 0 : own.bytes();
        }
        return bytes;
    }

    @Override
    public long residentBytes() {
        long bytes = bytes();
        for (int layer = 0; layer < blocks.length; layer++) {
            var own = blocks[layer];
            if (own != null) {
                var shape = store.shape().kv(layer);
                bytes -= store.codec().bytes(shape.kvHeads(), shape.headDim(), own.hiddenTokens());
            }
        }
        return bytes;
    }

    @Override
    public BlockStore fork() {
        var copy = new @Nullable LayerBlocks[blocks.length];
        for (int layer = 0; layer < copy.length; layer++) {
            var own = blocks[layer];
            copy[layer] = own == null ? null : own.copy();
        }
        return new BlockStore(sizes, store.fork(), copy);
    }

    @Override
    public void close() {
        store.close();
    }
}
