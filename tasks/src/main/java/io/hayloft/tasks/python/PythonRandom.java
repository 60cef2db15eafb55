package io.hayloft.tasks.python;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Python's {@code random.Random} (CPython 3.9 to 3.14), number for number: the same seed and the same calls give the same
 * choices.
 */
public final class PythonRandom {
    private final MersenneTwister twister;

    /** The generator after {@code random.seed(seed)}; a seed and its negative give the same one. */
    public PythonRandom(long seed) {
        long size = Math.abs(seed); // of the smallest number too: its bits as an unsigned number
        int low = (int) size;
        int high = (int) (size >>> 32);
        this.twister = MersenneTwister.ofWords(high == 0 ? new int[] {low} : new int[] {low, high});
    }

    /** {@code random()}: from 0 to 1, without 1. */
    public double nextDouble() {
        int high = twister.next32() >>> 5;
        int low = twister.next32() >>> 6;
        return (high * 0x1.0p26 + low) * 0x1.0p-53;
    }

    /** {@code getrandbits(count)} for 1 to 64 bits; the result is unsigned. */
    public long bits(int count) {
        if (count < 1 || count > 64) {
            throw new IllegalArgumentException(count + " bits: from 1 to 64");
        }
        if (count <= 32) {
            return Integer.toUnsignedLong(twister.next32() >>> (32 - count));
        }
        long low = Integer.toUnsignedLong(twister.next32());
        long high = Integer.toUnsignedLong(twister.next32() >>> (64 - count));
        return (high << 32) | low;
    }

    /** {@code randrange(bound)}: from 0 to below the bound, which is at least 1. */
    public long below(long bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("no number below " + bound);
        }
        int count = 64 - Long.numberOfLeadingZeros(bound);
        long value = bits(count);
        while (value >= bound || value < 0) {
            value = bits(count);
        }
        return value;
    }

    /** The same for places in a list. */
    public int below(int bound) {
        return (int) below((long) bound);
    }

    /** {@code randint(low, high)}: both ends may be drawn. */
    public long between(long low, long high) {
        return low + below(high - low + 1);
    }

    /** {@code uniform(low, high)}. */
    public double uniform(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** {@code choice(items)}. */
    public <T> T choice(List<T> items) {
        return items.get(below(items.size()));
    }

    /** {@code choices(items, k=count)}: with repeats. */
    public <T> List<T> choices(List<T> items, int count) {
        var chosen = new ArrayList<T>(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            chosen.add(items.get((int) Math.floor(nextDouble() * items.size())));
        }
        return chosen;
    }

    /** {@code "".join(choices(letters, k=count))}. */
    public String word(String letters, int count) {
        var word = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            word.append(letters.charAt((int) Math.floor(nextDouble() * letters.length())));
        }
        return word.toString();
    }

    /** {@code shuffle(items)}: brings a list into random order. */
    public <T> void shuffle(List<T> items) {
        for (int i = items.size() - 1; i >= 1; i--) {
            Collections.swap(items, i, below(i + 1));
        }
    }

    /**
     * {@code sample(range(size), count)}: different numbers from 0 to below the size, in random order.
     *
     * @throws IllegalArgumentException if there are not that many
     */
    public int[] sample(int size, int count) {
        if (count < 0 || count > size) {
            throw new IllegalArgumentException("a sample of " + count + " out of " + size);
        }
        return size <= sizeOfPool(count) ? fromPool(size, count) : byRedrawing(size, count);
    }

    /** {@code sample(items, count)}. */
    public <T> List<T> sample(List<T> items, int count) {
        var chosen = new ArrayList<T>(Math.max(0, count));
        for (int place : sample(items.size(), count)) {
            chosen.add(items.get(place));
        }
        return chosen;
    }

    /** Up to this size Python copies the list to draw from; above it, it remembers what was drawn. */
    private static double sizeOfPool(int count) {
        double size = 21;
        return count > 5 ? size + Math.pow(4, Math.ceil(Math.log(count * 3.0) / Math.log(4))) : size;
    }

    private int[] fromPool(int size, int count) {
        var pool = new int[size];
        for (int i = 0; i < size; i++) {
            pool[i] = i;
        }
        var chosen = new int[count];
        for (int i = 0; i < count; i++) {
            int place = below(size - i);
            chosen[i] = pool[place];
            pool[place] = pool[size - i - 1];
        }
        return chosen;
    }

    private int[] byRedrawing(int size, int count) {
        var taken = new BitSet(size);
        var chosen = new int[count];
        for (int i = 0; i < count; i++) {
            int value = below(size);
            while (taken.get(value)) {
                value = below(size);
            }
            taken.set(value);
            chosen[i] = value;
        }
        return chosen;
    }

    /** How many numbers of 32 bits have been drawn since the seed. */
    public long drawn() {
        return twister.drawn();
    }

    /** Passes over numbers of 32 bits as if they had been drawn. */
    public void skip(long count) {
        twister.skip(count);
    }
}
