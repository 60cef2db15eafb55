package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One method at several ratios, and the ratio up to which it loses nothing that counts. Scores are made to fall with the
 * ratio by isotonic regression, from the full cache at ratio 1 on; the lossless ratio is where they cross the full cache's
 * score less the margin, by linear interpolation over the logarithm of the ratio.
 *
 * @param name the expression without its amount, such as {@code snapkv}
 * @param points its settings by achieved ratio, ascending
 * @param lossless one for each of {@link #MARGINS}
 * @param cliff where the score falls most; null if it does not fall
 */
public record Sweep(
        String name,
        List<Point> points,
        List<Lossless> lossless,
        @Nullable Cliff cliff) {
    /** Losses that count: one point and five. */
    public static final List<Double> MARGINS = List.of(0.01, 0.05);

    /** Copies the lists. */
    public Sweep {
        points = List.copyOf(points);
        lossless = List.copyOf(lossless);
    }

    /**
     * One setting.
     *
     * @param method its expression
     * @param ratio achieved compression
     * @param mean mean score on the samples that all settings of the sweep and the full cache ran
     */
    public record Point(String method, double ratio, double mean) {}

    /**
     * The largest ratio whose loss stays within a margin.
     *
     * @param margin the loss, 0.01 for one point
     * @param ratio the ratio; the largest one tried where the score never falls so far
     * @param low lower end of its 90 % interval; NaN where a category has fewer than two samples
     * @param high upper end likewise
     * @param largest the largest ratio tried: a ratio or end that equals it means "at least"
     */
    public record Lossless(double margin, double ratio, double low, double high, double largest) {
        /** Returns whether a ratio of this result is only known to be at least so large. */
        public boolean isAtLeast(double end) {
            return end >= largest;
        }
    }

    /**
     * The interval between two neighbouring ratios over which the score falls most for each doubling.
     *
     * @param from ratio before the fall, 1 for the full cache
     * @param to ratio after it
     * @param lossPerDoubling points of a score from 0 to 1 that a doubling of the ratio costs there
     */
    public record Cliff(double from, double to, double lossPerDoubling) {}

    /** Returns whether this is a control, whose loss is what others are measured by. */
    public boolean isControl() {
        return Groups.isControl(name);
    }

    /**
     * The sweeps of a run, in its order: every method that ran at two ratios or more beside the full cache.
     *
     * @param ratio achieved ratio of a method, by its records
     */
    static List<Sweep> of(Map<String, List<BenchRecord>> methods, ToDoubleFunction<List<BenchRecord>> ratio) {
        var full = methods.get(Groups.FULL);
        var names = new LinkedHashMap<String, List<String>>();
        methods.keySet().stream()
                .filter(method -> !method.equals(Groups.FULL))
                .forEach(method -> names.computeIfAbsent(withoutAmount(method), any -> new ArrayList<>())
                        .add(method));
        var sweeps = new ArrayList<Sweep>();
        names.forEach((name, settings) -> {
            if (full != null && settings.size() > 1) {
                settings.sort(Comparator.comparingDouble(method -> ratio.applyAsDouble(records(methods, method))));
                var rows = settings.stream()
                        .map(method -> records(methods, method))
                        .toList();
                var scores = JointScores.of(full, rows);
                double[] ratios = rows.stream().mapToDouble(ratio).toArray();
                if (scores.count() > 0 && rises(ratios)) {
                    sweeps.add(of(name, settings, ratios, scores));
                }
            }
        });
        return sweeps;
    }

    private static List<BenchRecord> records(Map<String, List<BenchRecord>> methods, String method) {
        return methods.getOrDefault(method, List.of());
    }

    /** The expression with the amount of its first part left out: settings that differ in nothing else are one sweep. */
    static String withoutAmount(String method) {
        return method.replaceFirst(":[0-9.]+(x|bit|k)?(?=$|[, +])", "");
    }

    /** Returns whether ratios begin above 1 and rise by more than rounding, as a curve over them needs. */
    private static boolean rises(double[] ratios) {
        double before = 1;
        for (double ratio : ratios) {
            if (!(ratio > before * 1.001)) {
                return false;
            }
            before = ratio;
        }
        return true;
    }

    /**
     * A sweep from its scores.
     *
     * @param ratios of the settings, ascending and above 1
     * @param scores of the full cache, then of the settings
     */
    static Sweep of(String name, List<String> settings, double[] ratios, JointScores scores) {
        var logs = new double[ratios.length + 1];
        for (int i = 0; i < ratios.length; i++) {
            logs[i + 1] = Math.log(ratios[i]);
        }
        var means = scores.means();
        var points = new ArrayList<Point>();
        for (int i = 0; i < ratios.length; i++) {
            points.add(new Point(settings.get(i), ratios[i], means[i + 1]));
        }
        var interval = scores.hasInterval() ? new CrossingInterval(logs, scores) : null;
        double largest = ratios[ratios.length - 1];
        var lossless = MARGINS.stream()
                .map(margin -> {
                    var ends = interval == null ? Interval.NONE : interval.at(margin);
                    return new Lossless(
                            margin,
                            Math.min(largest, Math.exp(crossing(logs, means, margin))),
                            Math.min(largest, Math.exp(ends.low())),
                            Math.min(largest, Math.exp(ends.high())),
                            largest);
                })
                .toList();
        return new Sweep(name, points, lossless, cliff(logs, falling(means)));
    }

    /** Logarithm of the ratio at which the fitted score is the full cache's less the margin; the last one if it stays above. */
    static double crossing(double[] logs, double[] means, double margin) {
        var fitted = falling(means);
        double wanted = means[0] - margin;
        for (int i = 1; i < fitted.length; i++) {
            if (fitted[i] < wanted) {
                double share = (fitted[i - 1] - wanted) / (fitted[i - 1] - fitted[i]);
                return logs[i - 1] + share * (logs[i] - logs[i - 1]);
            }
        }
        return logs[logs.length - 1];
    }

    /**
     * The falling sequence nearest to the values by least squares: pools neighbours that rise. All values are means of the
     * same samples, so they weigh the same.
     *
     * @see <a href="https://doi.org/10.1214/aoms/1177728423">Ayer et al. 1955, An empirical distribution function for
     *     sampling with incomplete information</a>
     */
    static double[] falling(double[] values) {
        var sums = new double[values.length];
        var sizes = new int[values.length];
        int blocks = 0;
        for (double value : values) {
            sums[blocks] = value;
            sizes[blocks++] = 1;
            while (blocks > 1 && sums[blocks - 2] / sizes[blocks - 2] < sums[blocks - 1] / sizes[blocks - 1]) {
                blocks--;
                sums[blocks - 1] += sums[blocks];
                sizes[blocks - 1] += sizes[blocks];
            }
        }
        var fitted = new double[values.length];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            Arrays.fill(fitted, at, at + sizes[block], sums[block] / sizes[block]);
            at += sizes[block];
        }
        return fitted;
    }

    private static @Nullable Cliff cliff(double[] logs, double[] fitted) {
        Cliff steepest = null;
        for (int i = 1; i < fitted.length; i++) {
            double loss = (fitted[i - 1] - fitted[i]) * Math.log(2) / (logs[i] - logs[i - 1]);
            if (loss > 1e-9 && (steepest == null || loss > steepest.lossPerDoubling())) {
                steepest = new Cliff(Math.exp(logs[i - 1]), Math.exp(logs[i]), loss);
            }
        }
        return steepest;
    }
}
