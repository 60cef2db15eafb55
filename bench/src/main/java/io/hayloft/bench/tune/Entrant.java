package io.hayloft.bench.tune;

/** A setting in a race, with its scores. */
final class Entrant {
    final Footprint footprint;
    private final int[][] counts; // samples [category][rank]
    private final double[][] sums; // scores [category][rank]

    /** Its state. */
    State state = State.RUNS;

    /** Ranks of the samples that it ran on: all before this one. */
    int ranks;

    /** The state of a setting in the race. */
    enum State {
        /** Runs on the samples of the next round. */
        RUNS,
        /** May be called back. */
        WAITS,
        /** Cannot win any more, or scored less than the better half. */
        OUT
    }

    /**
     * A setting that has not run.
     *
     * @param counts samples of each category [category][rank]
     */
    Entrant(Footprint footprint, int[][] counts) {
        this.footprint = footprint;
        this.counts = counts;
        this.sums = new double[counts.length][counts[0].length];
    }

    /** Counts a score. */
    void add(int category, int rank, double score) {
        sums[category][rank] += score;
    }

    /**
     * Mean over categories, each weighing the same, of the scores before rank {@code to}; those from {@code from} on are
     * taken to be {@code other}.
     */
    double mean(int from, int to, double other) {
        double means = 0;
        int categories = 0;
        for (int category = 0; category < counts.length; category++) {
            double sum = 0;
            int count = 0;
            for (int rank = 0; rank < to; rank++) {
                sum += rank < from ? sums[category][rank] : other * counts[category][rank];
                count += counts[category][rank];
            }
            if (count > 0) {
                means += sum / count;
                categories++;
            }
        }
        return means / categories;
    }
}
