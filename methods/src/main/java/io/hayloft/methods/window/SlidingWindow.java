package io.hayloft.methods.window;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * StreamingLLM while decoding: at every step, the oldest token that is not a sink leaves each head.
 */
final class SlidingWindow implements CachePolicy {
    private final Sinks sinks;
    private final int[] @Nullable [] capacities;
    private int[][] slots; // [layer][KV head]: the slot of the token that left last
    private int[][] positions; // [layer][KV head]: its position

    /**
     * A window that has not moved yet.
     *
     * @param sinks how many of a head's tokens are sinks, which never leave
     * @param capacities tokens that a head may hold [layer][head]; null for layers that are left alone
     */
    SlidingWindow(Sinks sinks, int[] @Nullable [] capacities) {
        this(sinks, capacities, new int[0][], new int[0][]);
    }

    private SlidingWindow(Sinks sinks, int[] @Nullable [] capacities, int[][] slots, int[][] positions) {
        this.sinks = sinks;
        this.capacities = capacities;
        this.slots = slots;
        this.positions = positions;
    }

    @Override
    public boolean wantsProbabilities() {
        return false;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        var room = capacities[layer];
        if (room == null) {
            return;
        }
        if (layer >= slots.length) {
            grow(layer + 1, cache.kvHeads());
        }
        for (int head = 0; head < cache.kvHeads(); head++) {
            while (cache.length(head) > room[head]) {
                int oldest = oldest(layer, cache, head, sinks.of(room[head]));
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
     * Finds the oldest token that is not a sink. The newest token takes the place of the one that leaves, so that the slots
     * behind the sinks become a ring: behind the token that left last lies the next one. Where that is not so, as at the
     * first step, all slots are searched.
     *
     * @param first sinks of the head
     */
    private int oldest(int layer, LayerCache cache, int head, int first) {
        int last = positions[layer][head];
        int next = slots[layer][head] + 1;
        int guess = next < cache.length(head) - 1 ? next : Math.min(first, next);
        if (last >= 0 && cache.position(head, guess) == last + 1) {
            return guess;
        }
        int oldest = cache.length(head) - 1;
        int earliest = Integer.MAX_VALUE;
        for (int slot = 0; slot < cache.length(head); slot++) {
            int position = cache.position(head, slot);
            if (position >= first && position < earliest) {
                earliest = position;
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
        return new SlidingWindow(sinks, capacities, copy(slots), copy(positions));
    }

    private static int[][] copy(int[][] numbers) {
        return Arrays.stream(numbers).map(int[]::clone).toArray(int[][]::new);
    }
}
