package io.hayloft.tasks.python;

/**
 * The generator MT19937 (Matsumoto and Nishimura, "Mersenne Twister", 1998; seeding of 2002), which both Python and numpy
 * use, each seeded in its own way.
 */
final class MersenneTwister {
    private static final int SIZE = 624;
    private static final int SHIFT = 397;
    private static final int TWIST = 0x9908B0DF;

    /** The seed from which seeding by several words starts. */
    private static final int SEED_OF_KEYS = 19650218;

    private final int[] state = new int[SIZE];
    private int next = SIZE;
    private long drawn;

    private MersenneTwister(int seed) {
        state[0] = seed;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /** The generator seeded by one number ({@code init_genrand}). */
    static MersenneTwister of(int seed) {
        return new MersenneTwister(seed);
    }

    /** The generator seeded by words ({@code init_by_array}), the lowest first. */
    static MersenneTwister ofWords(int[] words) {
        var twister = new MersenneTwister(SEED_OF_KEYS);
        twister.mixIn(words);
        return twister;
    }

    private void mixIn(int[] words) {
        int i = 1;
        int j = 0;
        for (int k = Math.max(SIZE, words.length); k > 0; k--) {
            state[i] = (state[i] ^ (state[i - 1] ^ (state[i - 1] >>> 30)) * 1664525) + words[j] + j;
            i = following(i);
            j = (j + 1) % words.length;
        }
        for (int k = SIZE - 1; k > 0; k--) {
            state[i] = (state[i] ^ (state[i - 1] ^ (state[i - 1] >>> 30)) * 1566083941) - i;
            i = following(i);
        }
        state[0] = 1 << 31;
    }

    /** The next place; past the end the last word becomes the first, and filling goes on behind it. */
    private int following(int place) {
        if (place + 1 < SIZE) {
            return place + 1;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    /** The next 32 bits. */
    int next32() {
        if (next == SIZE) {
            refill();
        }
        drawn++;
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >>> 18);
    }

    /** How many numbers have been drawn so far. */
    long drawn() {
        return drawn;
    }

    /** Passes over numbers as if they had been drawn. */
    void skip(long count) {
        for (long left = count; left > 0; ) {
            if (next == SIZE) {
                refill();
            }
            int here = (int) Math.min(left, SIZE - next);
            next += here;
            left -= here;
        }
        drawn += count;
    }

    private void refill() {
        for (int i = 0; i < SIZE; i++) {
            int y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7FFFFFFF);
            state[i] = state[(i + SHIFT) % SIZE] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : TWIST);
        }
        next = 0;
    }
}
