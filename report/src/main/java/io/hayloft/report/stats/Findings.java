package io.hayloft.report.stats;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.report.stats.SummaryTable.Row;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conclusions that a run's statistics support: its table, and for each setting whether it keeps the full cache's score. */
public final class Findings {
    private final SummaryTable table;
    private final Map<String, List<BenchRecord>> methods;
    private final Map<String, Map<String, Double>> scores = new HashMap<>();
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private final Set<String> front;

    private Findings(List<BenchRecord> records) {
        table = Statistics.summary(records);
        methods = Groups.by(records, BenchRecord::method);
        methods.forEach((method, own) -> scores.put(method, Pairs.scores(own)));
        find();
        front = ParetoFront.of(
                table.rows(),
                (one, other) -> pairs(one.method(), other.method()).isHigher());
    }

    /** Findings of a run. */
    public static Findings of(List<BenchRecord> records) {
        return new Findings(records);
    }

    /**
     * The conclusions about one setting.
     *
     * @param row the setting's results
     * @param loss its loss against the full cache, and what can be claimed about it
     * @param beatsRandom whether it is shown to score more than {@code random}, or the run has none
     * @param random the control with the nearest ratio; null if the run has none
     */
    public record Finding(
            Row row,
            NonInferiority.Result loss,
            boolean beatsRandom,
            @Nullable Row random) {}

    private void find() {
        var settings = table.rows().stream()
                .filter(row -> !row.isControl() && row.difference().pairs() > 0)
                .toList();
        var losses = NonInferiority.of(settings.stream()
                .map(row -> pairs(row.method(), Groups.FULL).differences())
                .toList());
        for (int i = 0; i < settings.size(); i++) {
            var row = settings.get(i);
            var random = nearestRandom(row);
            boolean beats =
                    random == null || pairs(row.method(), random.method()).isHigher();
            findings.put(row.method(), new Finding(row, losses.get(i), beats, random));
        }
    }

    private @Nullable Row nearestRandom(Row row) {
        double ratio = row.bytes().achievedRatio();
        return table.rows().stream()
                .filter(Row::isRandom)
                .min(Comparator.comparingDouble(
                        other -> Math.abs(Math.log(other.bytes().achievedRatio() / ratio))))
                .orElse(null);
    }

    /** Differences in score of a method to the full cache, sample by sample. */
    public Flips flips(String method) {
        return Flips.of(methods.getOrDefault(method, List.of()), scores.getOrDefault(Groups.FULL, Map.of()));
    }

    /** Lengths of the answers of a method against those of the full cache. */
    public LengthDrift lengths(String method) {
        return LengthDrift.of(methods.getOrDefault(method, List.of()), methods.getOrDefault(Groups.FULL, List.of()));
    }

    /** Number of answers of a method that the limit of tokens has ended. They count as they score. */
    public int truncated(String method) {
        return (int) methods.getOrDefault(method, List.of()).stream()
                .filter(record -> record.stopReason().equals("length"))
                .count();
    }

    /** Methods that ran at several ratios, with their lossless ratio. */
    public List<Sweep> sweeps() {
        var ratios = new HashMap<String, Double>();
        table.rows().forEach(row -> ratios.put(row.method(), row.bytes().achievedRatio()));
        return Sweep.of(
                methods,
                own -> own.isEmpty()
                        ? Double.NaN
                        : ratios.getOrDefault(own.getFirst().method(), Double.NaN));
    }

    /** Samples that the full cache answers right and at least half of the settings wrong, controls left out. */
    public List<BenchRecord> fragile() {
        var settings = findings.keySet();
        return methods.getOrDefault(Groups.FULL, List.of()).stream()
                .filter(record -> Groups.isRight(record.score()))
                .filter(record -> {
                    var others = settings.stream()
                            .map(method -> scores.getOrDefault(method, Map.of()).get(Groups.pair(record)))
                            .filter(Objects::nonNull)
                            .toList();
                    long wrong = others.stream()
                            .filter(score -> !Groups.isRight(score))
                            .count();
                    return !others.isEmpty() && 2 * wrong >= others.size();
                })
                .toList();
    }

    /** Scores of two methods on the samples that both ran. */
    Pairs pairs(String method, String other) {
        return Pairs.of(
                methods.getOrDefault(method, List.of()), scores.getOrDefault(other, Map.of()), BenchRecord::category);
    }

    /** The table of the run. */
    public SummaryTable table() {
        return table;
    }

    /** The full cache's results, if the run has them. */
    public Optional<Row> full() {
        return table.rows().stream().filter(Row::isFull).findFirst();
    }

    /** Findings on every setting that ran on samples of the full cache, in the order of the run. */
    public List<Finding> settings() {
        return List.copyOf(findings.values());
    }

    /** Returns whether a method is on the Pareto front: it is shown to score more than everything that stores no more. */
    public boolean isOnFront(String method) {
        return front.contains(method);
    }
}
