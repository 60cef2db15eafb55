package io.hayloft.tasks.python;

/** The global generator of numpy ({@code numpy.random.seed} and the functions beside it), as far as it is used here. */
public final class NumpyRandom {
    /** The largest seed that numpy takes. */
    public static final long LARGEST_SEED = 0xFFFFFFFFL;

    private final MersenneTwister twister;

    /**
     * The generator after {@code numpy.random.seed(seed)}.
     *
     * @param seed from 0 to {@link #LARGEST_SEED}
     */
    public NumpyRandom(long seed) {
        if (seed < 0 || seed > LARGEST_SEED) {
            throw new IllegalArgumentException("numpy takes no seed " + seed);
        }
        this.twister = MersenneTwister.of((int) seed);
    }

    /** A whole number, {@code randint(low, high)}: the high end is never drawn. Ranges of up to 32 bits. */
    public int between(int low, int high) {
        int range = Math.subtractExact(high, low) - 1;
        if (range < 0) {
            throw new IllegalArgumentException("no number from " + low + " to below " + high);
        }
        if (range == 0) {
            return low;
        }
        int mask = -1 >>> Integer.numberOfLeadingZeros(range);
        int value = twister.next32() & mask;
        while (value > range) {
            value = twister.next32() & mask;
        }
        return low + value;
    }

    /** The next 32 bits, unsigned. */
    public long next32() {
        return Integer.toUnsignedLong(twister.next32());
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
