package io.hayloft.methods.policy;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * H2O while decoding: attention keeps adding up, and every step the lightest token outside the recent window leaves.
 *
 * <p>Each KV head evicts on its own; mass is the mean over the query heads of the group. Ties evict the older token.
 */
public final class HeavyHitterEviction implements CachePolicy {
    private final int capacity;
    private final int recent;
    private final float[] @Nullable [][] mass;

    /**
     * Starts from the mass that the prompt left.
     *
     * @param capacity tokens that each head may hold
     * @param recent how many of the newest tokens are safe
     * @param mass attention mass of the kept tokens by layer, KV head and slot; null for layers that are left alone
     */
    public HeavyHitterEviction(int capacity, int recent, float[] @Nullable [][] mass) {
        this.capacity = capacity;
        this.recent = recent;
        this.mass = mass;
    }

    @Override
    public boolean wantsProbabilities() {
        return true;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        var heads = mass[layer];
        if (heads == null) {
            return;
        }
        for (int head = 0; head < cache.kvHeads(); head++) {
            int length = cache.length(head);
            if (heads[head].length < length) {
                heads[head] = Arrays.copyOf(heads[head], length + 64);
            }
            var sums = heads[head];
            attention.addGroupMean(head, sums);
            int newest = cache.position(head, length - 1); // the token of this step
            while (cache.length(head) > capacity) {
                int slot = lightest(cache, head, sums, newest);
                int last = cache.length(head) - 1;
                cache.evict(head, slot);
                sums[slot] = sums[last]; // the newest token moves into the gap
                sums[last] = 0;
            }
        }
    }

    private int lightest(LayerCache cache, int head, float[] sums, int newest) {
        int length = cache.length(head);
        int lightest = 0;
        float least = Float.POSITIVE_INFINITY;
        int age = Integer.MAX_VALUE;
        for (int slot = 0; slot < length; slot++) {
            int position = cache.position(head, slot);
            boolean safe = position > newest - recent;
            if (!safe && (sums[slot] < least || (sums[slot] == least && position < age))) {
                lightest = slot;
                least = sums[slot];
                age = position;
            }
        }
        return lightest;
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (var heads : mass) {
            for (int head = 0; heads != null && head < heads.length; head++) {
                bytes += (long) Float.BYTES * heads[head].length;
            }
        }
        return bytes;
    }

    @Override
    public CachePolicy fork() {
        var copy = new float[mass.length][][];
        for (int layer = 0; layer < mass.length; layer++) {
            var heads = mass[layer];
            if (heads != null) {
                copy[layer] = Arrays.stream(heads).map(float[]::clone).toArray(float[][]::new);
            }
        }
        return new HeavyHitterEviction(capacity, recent, copy);
    }
}
