package io.hayloft.methods.policy;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;

/**
 * StreamingLLM while decoding: every step, the oldest token that is no sink leaves each head.
 *
 * <p>Deviation from the paper: queries find the kept tokens at their original positions, not at their places in the cache;
 * {@code positions=slot} and {@code positions=clamped} of the method place them as if nothing lay between sinks and window.
 */
public final class SlidingWindow implements CachePolicy {
    private final int sinks;
    private final int capacity;
    private int[][] slots; // [layer][KV head]: where the token lay that left last
    private int[][] positions; // [layer][KV head]: its position

    /**
     * A window that has not moved yet.
     *
     * @param sinks tokens at positions below this never leave
     * @param capacity tokens that each head may hold
     */
    public SlidingWindow(int sinks, int capacity) {
        this(sinks, capacity, new int[0][], new int[0][]);
    }

    private SlidingWindow(int sinks, int capacity, int[][] slots, int[][] positions) {
        this.sinks = sinks;
        this.capacity = capacity;
        this.slots = slots;
        this.positions = positions;
    }

    @Override
    public boolean wantsProbabilities() {
        return false;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        if (cache.window() != 0) {
            return; // a sliding-window layer bounds itself
        }
        if (layer >= slots.length) {
            grow(layer + 1, cache.kvHeads());
        }
        for (int head = 0; head < cache.kvHeads(); head++) {
            while (cache.length(head) > capacity) {
                int oldest = oldest(layer, cache, head);
                slots[layer][head] = oldest;
                positions[layer][head] = cache.position(head, oldest);
                cache.evict(head, oldest);
            }
        }
    }

    private void grow(int layers, int kvHeads) {
        int known = slots.length;
        slots = Arrays.copyOf(slots, layers);
        positions = Arrays.copyOf(positions, layers);
        for (int layer = known; layer < layers; layer++) {
            slots[layer] = new int[kvHeads];
            positions[layer] = new int[kvHeads];
            Arrays.fill(positions[layer], -1);
        }
    }

    /**
     * The newest token takes the place of the one that leaves, so that the slots behind the sinks become a ring: behind the
     * token that left last lies the next one. Where that is not so, as at the first step, all slots are looked through.
     */
    private int oldest(int layer, LayerCache cache, int head) {
        int last = positions[layer][head];
        int next = slots[layer][head] + 1;
        int guess = next < cache.length(head) - 1 ? next : Math.min(sinks, next);
        if (last >= 0 && cache.position(head, guess) == last + 1) {
            return guess;
        }
        int oldest = cache.length(head) - 1;
        int first = Integer.MAX_VALUE;
        for (int slot = 0; slot < cache.length(head); slot++) {
            int position = cache.position(head, slot);
            if (position >= sinks && position < first) {
                first = position;
                oldest = slot;
            }
        }
        return oldest;
    }

    @Override
    public long bytes() {
        long numbers = 0;
        for (var heads : slots) {
            numbers += 2L * heads.length;
        }
        return numbers * Integer.BYTES;
    }

    @Override
    public CachePolicy fork() {
        return new SlidingWindow(sinks, capacity, copy(slots), copy(positions));
    }

    private static int[][] copy(int[][] numbers) {
        return Arrays.stream(numbers).map(int[]::clone).toArray(int[][]::new);
    }
}
