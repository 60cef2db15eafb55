package io.hayloft.report.stats;

import java.util.List;

/**
 * The table that ends a run: a row for each method, a column for each category.
 *
 * @param categories labels of the categories, in the order of the cells
 * @param rows one for each method, in the order of the run
 */
public record SummaryTable(List<String> categories, List<Row> rows) {

    /** Copies the lists. */
    public SummaryTable {
        categories = List.copyOf(categories);
        rows = List.copyOf(rows);
    }

    /** Returns the methods of the rows, in their order. */
    public List<String> methods() {
        return rows.stream().map(Row::method).toList();
    }

    /** Returns whether the steps of some method read less than it stores. */
    public boolean readsLess() {
        return rows.stream()
                .anyMatch(row -> row.bytes().readPerToken() <= row.bytes().perToken() - 0.5);
    }

    /** Returns whether a part of the bytes is recurrent state. */
    public boolean hasState() {
        return rows.stream().anyMatch(row -> row.bytes().state() > 0);
    }

    /**
     * The results of one method.
     *
     * @param method its expression
     * @param cells score by category, in the order of {@link SummaryTable#categories}
     * @param mean mean of the categories, each weighing the same
     * @param difference difference of that mean to the full cache's, paired by sample
     * @param bytes bytes that it stores and reads
     * @param speed its times
     */
    public record Row(String method, List<Cell> cells, Cell mean, Difference difference, Bytes bytes, Speed speed) {
        /** Copies the list. */
        public Row {
            cells = List.copyOf(cells);
        }

        /** Returns whether this is the full cache, which the others are compared with. */
        public boolean isFull() {
            return method.equals("full");
        }

        /** Returns whether this is a control: the full cache, a random choice, or a prompt that was cut. */
        public boolean isControl() {
            return Groups.isControl(method);
        }

        /** Returns whether a server gave the answers: nothing is known of its cache. */
        public boolean isOfServer() {
            return Double.isNaN(bytes.perToken());
        }

        /** Returns whether this is a control that keeps tokens at random; judged by its name, as the method may be unknown here. */
        public boolean isRandom() {
            return method.split("[:+ ]", 2)[0].equals("random");
        }
    }

    /**
     * Bytes of a method's caches, summed over all samples; all NaN where a server answered.
     *
     * @param requestedRatio compression asked for; NaN where the method's format decides it
     * @param achievedRatio full cache bytes / stored bytes
     * @param perToken stored bytes for each token that was there to be compressed
     * @param readPerToken bytes that each decode step reads, for each of these tokens
     * @param state bytes of the recurrent states of a sequence, which are part of the others; 0 for most models
     * @param cachePerToken the other part of {@code perToken}: the KV cache alone
     */
    public record Bytes(
            double requestedRatio,
            double achievedRatio,
            double perToken,
            double readPerToken,
            double state,
            double cachePerToken) {}

    /**
     * Times of a method; all NaN where a server answered.
     *
     * @param compressSeconds time to build this method's cache, as if no other method had computed the same scores before;
     *     mean over the samples
     * @param prefillRate prompt tokens a second of the prefill that all methods share
     * @param decodeRate decode steps a second of one sequence alone; NaN where answers are shorter than 16 tokens
     * @param decodeBatch mean number of sequences that decoded together where this was measured; NaN likewise
     */
    public record Speed(double compressSeconds, double prefillRate, double decodeRate, double decodeBatch) {}

    /**
     * A mean of scores.
     *
     * @param mean 0 to 1; NaN without samples
     * @param error standard error of the mean; NaN with fewer than two samples in a category
     * @param interval 95 % interval of the mean
     * @param right how many are right, where each is either right or wrong; else -1
     * @param count samples
     */
    public record Cell(double mean, double error, Interval interval, int right, int count) {}

    /**
     * Mean paired difference to the full cache.
     *
     * @param mean the difference; NaN without pairs
     * @param interval 95 % interval; none where a category has fewer than two pairs
     * @param pairs samples that both methods ran
     */
    public record Difference(double mean, Interval interval, int pairs) {
        /** Fewer pairs than this leave even the interval uncertain. */
        private static final int FEW = Bootstrap.ENOUGH;

        /** Returns whether the pairs are so few that the interval itself is uncertain. */
        public boolean hasFewPairs() {
            return pairs < FEW;
        }
    }
}
