package io.hayloft.methods.policy;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.methods.score.HeavyHitterScorer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * H2O while decoding: attention keeps adding up, and at every step the token with the least accumulated attention leaves,
 * the newest tokens apart.
 *
 * <p>Each KV head evicts on its own; its attention is the mean over the query heads of the group. Of equal sums the older
 * token leaves.
 */
public final class HeavyHitterEviction implements CachePolicy {
    private final int[] @Nullable [] capacities;
    private final float[] @Nullable [][] attention;

    /**
     * Starts from the accumulated attention of the prompt.
     *
     * @param capacities tokens that a head may hold [layer][head]; null for layers that are left alone
     * @param attention accumulated attention of the kept tokens [layer][head][slot]; null for the same layers
     */
    public HeavyHitterEviction(int[] @Nullable [] capacities, float[] @Nullable [][] attention) {
        this.capacities = capacities;
        this.attention = attention;
    }

    @Override
    public boolean wantsProbabilities() {
        return true;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention step) {
        var heads = attention[layer];
        var room = capacities[layer];
        if (heads == null || room == null) {
            return;
        }
        for (int head = 0; head < cache.kvHeads(); head++) {
            int length = cache.length(head);
            if (heads[head].length < length) {
                heads[head] = Arrays.copyOf(heads[head], length + 64);
            }
            var sums = heads[head];
            step.addGroupMean(head, sums);
            int newest = cache.position(head, length - 1); // the token of this step
            while (cache.length(head) > room[head]) {
                int slot = least(cache, head, sums, newest - HeavyHitterScorer.RECENT.tokens(room[head]));
                int last = cache.length(head) - 1;
                cache.evict(head, slot);
                sums[slot] = sums[last]; // the token of the last slot moves into the gap
                sums[last] = 0;
            }
        }
    }

    /** The slot with the least accumulated attention among the tokens at positions up to {@code last}. */
    private static int least(LayerCache cache, int head, float[] sums, int last) {
        int length = cache.length(head);
        int found = 0;
        float least = Float.POSITIVE_INFINITY;
        int age = Integer.MAX_VALUE;
        for (int slot = 0; slot < length; slot++) {
            int position = cache.position(head, slot);
            boolean safe = position > last;
            if (!safe && (sums[slot] < least || (sums[slot] == least && position < age))) {
                found = slot;
                least = sums[slot];
                age = position;
            }
        }
        return found;
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (var heads : attention) {
            for (int head = 0; heads != null && head < heads.length; head++) {
                bytes += (long) Float.BYTES * heads[head].length;
            }
        }
        return bytes;
    }

    @Override
    public CachePolicy fork() {
        var copy = new float[attention.length][][];
        for (int layer = 0; layer < attention.length; layer++) {
            var heads = attention[layer];
            if (heads != null) {
                copy[layer] = Arrays.stream(heads).map(float[]::clone).toArray(float[][]::new);
            }
        }
        return new HeavyHitterEviction(capacities, copy);
    }
}
