package io.hayloft.report.stats;

import io.hayloft.report.stats.SummaryTable.Cell;
import java.util.List;

/** Means with their standard errors. */
final class Means {
    private Means() {}

    /** Mean of scores; the error is the sample standard deviation over the root of the count. */
    static Cell of(List<Double> scores) {
        int n = scores.size();
        if (n == 0) {
            return new Cell(Double.NaN, Double.NaN, 0);
        }
        double sum = 0;
        for (double score : scores) {
            sum += score;
        }
        double mean = sum / n;
        double squares = 0;
        for (double score : scores) {
            squares += (score - mean) * (score - mean);
        }
        double error = n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
        return new Cell(mean, error, n);
    }

    /** Mean of cells that each weigh the same, empty ones left out; errors add as independent ones do. */
    static Cell ofCells(List<Cell> cells) {
        double sum = 0;
        double variance = 0;
        int parts = 0;
        int count = 0;
        for (var cell : cells) {
            if (cell.count() > 0) {
                sum += cell.mean();
                variance += cell.error() * cell.error();
                count += cell.count();
                parts++;
            }
        }
        return parts == 0
                ? new Cell(Double.NaN, Double.NaN, 0)
                : new Cell(sum / parts, Math.sqrt(variance) / parts, count);
    }
}
