package io.hayloft.tasks;

import java.util.ArrayList;
import java.util.List;

/**
 * Random choices that are the same on every machine and in every version of Java: SplitMix64 (Steele, Lea and Flood,
 * 2014), seeded by a text and numbers.
 */
public final class SeededRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /** A stream of its own for every purpose and every list of numbers. */
    public SeededRandom(String purpose, long... numbers) {
        for (int i = 0; i < purpose.length(); i++) {
            state = mix(state + GOLDEN_GAMMA + purpose.charAt(i));
        }
        for (long number : numbers) {
            state = mix(state + GOLDEN_GAMMA + mix(number));
        }
    }

    /** From 0 to 1, without 1. */
    public double nextDouble() {
        state += GOLDEN_GAMMA;
        return (mix(state) >>> 11) * 0x1.0p-53;
    }

    /** From 0 to the bound, without it. */
    public int nextInt(int bound) {
        return (int) (nextDouble() * bound);
    }

    /** One item, each equally likely. */
    public <T> T pick(List<T> items) {
        return items.get(nextInt(items.size()));
    }

    /** That many different items in random order. */
    public <T> List<T> sample(List<T> items, int count) {
        return List.copyOf(shuffled(items).subList(0, count));
    }

    /** All items in random order. */
    public <T> List<T> shuffled(List<T> items) {
        var order = new ArrayList<>(items);
        for (int i = order.size() - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            var item = order.get(i);
            order.set(i, order.get(j));
            order.set(j, item);
        }
        return order;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
