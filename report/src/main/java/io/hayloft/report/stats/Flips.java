package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How the scores of a method differ from those of another on the same samples.
 *
 * @param wins samples on which it scores more
 * @param losses samples on which it scores less
 * @param ties samples on which both score the same
 * @param worst the difference that 5 % of the samples lie below or at; NaN without samples
 * @param samples those whose score differs, the largest losses first
 */
public record Flips(int wins, int losses, int ties, double worst, List<Flip> samples) {
    private static final double WORST = 0.05;
    private static final double ROUNDING = 1e-6;

    /** Copies the list. */
    public Flips {
        samples = List.copyOf(samples);
    }

    /**
     * A sample on which two methods score differently.
     *
     * @param record the answer of the first method
     * @param other score of the second
     */
    public record Flip(BenchRecord record, double other) {
        /** Score of the first method less that of the second. */
        public double difference() {
            return record.score() - other;
        }
    }

    /**
     * Differences of the records of a method to the scores of another.
     *
     * @param others score of the other method by {@link Groups#pair}
     */
    static Flips of(List<BenchRecord> records, Map<String, Double> others) {
        var flips = new ArrayList<Flip>();
        var differences = new ArrayList<Double>();
        int wins = 0;
        for (var record : records) {
            var other = others.get(Groups.pair(record));
            if (other == null) {
                continue;
            }
            double difference = record.score() - other;
            differences.add(difference);
            if (Math.abs(difference) > ROUNDING) {
                flips.add(new Flip(record, other));
                wins += difference > 0 ? 1 : 0;
            }
        }
        flips.sort(Comparator.comparingDouble(Flip::difference));
        var sorted =
                differences.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double worst = sorted.length == 0 ? Double.NaN : Bootstrap.quantile(sorted, WORST);
        return new Flips(wins, flips.size() - wins, sorted.length - flips.size(), worst, flips);
    }

    /** Share of the samples whose score differs; NaN without samples. */
    public double rate() {
        int pairs = wins + losses + ties;
        return pairs == 0 ? Double.NaN : (double) samples.size() / pairs;
    }
}
