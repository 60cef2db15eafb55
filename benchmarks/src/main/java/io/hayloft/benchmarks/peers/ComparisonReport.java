package io.hayloft.benchmarks.peers;

import io.hayloft.benchmarks.peers.Comparison.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Ratios of Hayloft's speed to that of its peers: above 1, Hayloft is faster. */
final class ComparisonReport {
    /**
     * Hayloft and one peer.
     *
     * @param variant Hayloft and the options it was given
     * @param ours Hayloft's tokens a second, median of the rounds
     * @param theirs the peer's
     * @param ratio median of the ratios of the rounds
     * @param lowest the lowest of these ratios
     * @param highest the highest
     */
    record Row(
            String model,
            String test,
            String variant,
            String method,
            String peer,
            String peerCacheType,
            double ours,
            double theirs,
            double ratio,
            double lowest,
            double highest) {}

    private ComparisonReport() {}

    /** One row for each pair of a variant of Hayloft and a peer. */
    static List<Row> rows(Result result) {
        var rows = new ArrayList<Row>();
        result.ours()
                .forEach((variant, ours) ->
                        result.theirs().forEach((peer, theirs) -> rows.add(row(result, variant, peer, ours, theirs))));
        return rows;
    }

    private static Row row(Result result, String variant, String peer, List<Double> ours, List<Double> theirs) {
        var ratios = new double[ours.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ours.get(i) / theirs.get(i);
        }
        var what = result.what();
        var range = Arrays.stream(ratios).summaryStatistics();
        return new Row(
                result.model(),
                what.name(),
                variant,
                what.method() + " " + what.cacheType(),
                peer,
                String.join("|", what.peerCacheTypes()),
                median(ours),
                median(theirs),
                Samples.median(ratios),
                range.getMin(),
                range.getMax());
    }

    private static double median(List<Double> rates) {
        return Samples.median(rates.stream().mapToDouble(rate -> rate).toArray());
    }

    /** For people. */
    static String table(List<Row> rows) {
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-28s %-12s %-24s %-14s %-18s %-9s %9s %9s %6s  %s%n",
                "model",
                "case",
                "hayloft",
                "cache",
                "peer",
                "cache",
                "ours t/s",
                "peer t/s",
                "ratio",
                "rounds"));
        for (var row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-28s %-12s %-24s %-14s %-18s %-9s %9.1f %9.1f %6.2f  %.2f..%.2f%n",
                    row.model,
                    row.test,
                    row.variant,
                    row.method,
                    row.peer,
                    row.peerCacheType,
                    row.ours,
                    row.theirs,
                    row.ratio,
                    row.lowest,
                    row.highest));
        }
        return text.toString();
    }

    /** For programs: one object on one line, with the rates of all rounds. */
    static String json(Result result) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("model", result.model());
        fields.put("case", result.what().name());
        fields.put("method", result.what().method());
        fields.put("cache_type", result.what().cacheType());
        fields.put("peer_cache_types", result.what().peerCacheTypes());
        var rates = new LinkedHashMap<String, List<Double>>(result.ours());
        rates.putAll(result.theirs());
        fields.put("tokens_per_second", rates);
        var ratios = new LinkedHashMap<String, Map<String, Double>>();
        rows(result)
                .forEach(row -> ratios.computeIfAbsent(row.variant, variant -> new LinkedHashMap<>())
                        .put(row.peer, row.ratio));
        fields.put("median_ratios", ratios);
        return JsonMapper.shared().writeValueAsString(fields);
    }
}
