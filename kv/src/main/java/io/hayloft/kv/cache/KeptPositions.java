package io.hayloft.kv.cache;

import java.util.BitSet;
import java.util.List;

/**
 * The positions of a prompt whose keys and values a cache stores, by layer and KV head: in the cache itself or, where a
 * method has an {@link OutOfWindowStore}, there. A cache that stores all tokens with fewer bits keeps every position.
 *
 * @param tokens how many positions of the prompt were looked at, from 0 on
 * @param layers positions kept [layer][KV head]; a recurrent layer, which keeps no single tokens, has no heads
 */
public record KeptPositions(int tokens, List<List<BitSet>> layers) {
    /** Copies the lists; the sets are the caller's to leave alone. */
    public KeptPositions {
        layers = layers.stream().map(List::copyOf).toList();
    }

    /** Looks at the first so many positions of a cache, which stays as it is. */
    public static KeptPositions of(SequenceCache cache, int tokens) {
        var shape = cache.shape();
        var layers = new BitSet[shape.layers()][];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = new BitSet[shape.isKv(layer) ? shape.kv(layer).kvHeads() : 0];
            for (int head = 0; head < layers[layer].length; head++) {
                layers[layer][head] = positions(cache, layer, head, tokens);
            }
        }
        return new KeptPositions(tokens, List.of(layers).stream().map(List::of).toList());
    }

    private static BitSet positions(SequenceCache cache, int layer, int head, int tokens) {
        var kept = new BitSet(tokens);
        add(cache.layer(layer), head, kept);
        var store = cache.outOfWindow();
        var outside = store == null ? null : store.tokens(layer);
        if (outside != null) {
            add(outside, head, kept);
        }
        kept.clear(tokens, Math.max(tokens, kept.length()));
        return kept;
    }

    private static void add(LayerCache cache, int head, BitSet kept) {
        for (int slot = 0; slot < cache.length(head); slot++) {
            kept.set(cache.position(head, slot));
        }
    }

    /** Whether every KV head of every attention layer keeps all of the positions. */
    public boolean keepsAll() {
        return layers.stream().flatMap(List::stream).allMatch(kept -> kept.cardinality() == tokens);
    }
}
