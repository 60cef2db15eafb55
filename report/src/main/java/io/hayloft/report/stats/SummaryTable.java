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

    /** Whether some method stores more than its steps read. */
    public boolean storesMore() {
        return rows.stream().anyMatch(row -> row.storedBytesPerToken() >= row.bytesPerToken() + 0.5);
    }

    /**
     * What one method reached.
     *
     * @param method its expression
     * @param cells score by category, in the order of {@link SummaryTable#categories}
     * @param mean mean of the categories, each weighing the same
     * @param difference difference of that mean to the full cache's, paired by sample; zero for the full cache itself
     * @param requestedRatio compression asked for; NaN where the method's format decides it
     * @param achievedRatio full cache bytes / cache bytes, over all samples
     * @param bytesPerToken bytes of cache for each token that was there to be compressed
     * @param storedBytesPerToken the same with what is stored but not read at every step
     * @param compressSeconds time to build this method's cache, as if no other method had computed the same scores before;
     *     mean over the samples
     * @param prefillRate prompt tokens a second of the prefill that all methods share
     * @param decodeRate decode steps a second, by this method's part of the time in lockstep; NaN where no step was made
     */
    public record Row(
            String method,
            List<Cell> cells,
            Cell mean,
            Difference difference,
            double requestedRatio,
            double achievedRatio,
            double bytesPerToken,
            double storedBytesPerToken,
            double compressSeconds,
            double prefillRate,
            double decodeRate) {
        /** Copies the list. */
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /**
     * A mean of scores.
     *
     * @param mean 0 to 1; NaN without samples
     * @param error standard error of the mean; NaN with fewer than two samples
     * @param count samples
     */
    public record Cell(double mean, double error, int count) {}

    /**
     * Mean paired difference to the full cache with a 95 % bootstrap interval.
     *
     * @param mean the difference; NaN without pairs
     * @param low lower end of the interval; NaN where no category has two pairs
     * @param high upper end of the interval; NaN likewise
     * @param pairs samples that both methods ran
     */
    public record Difference(double mean, double low, double high, int pairs) {
        /** Whether the interval leaves out zero. */
        public boolean significant() {
            return low > 0 || high < 0;
        }
    }
}
