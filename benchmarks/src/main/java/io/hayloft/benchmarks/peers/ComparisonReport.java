package io.hayloft.benchmarks.peers;

import io.hayloft.benchmarks.peers.Comparison.Result;
import java.util.ArrayList;
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
     * @param ours Hayloft's tokens a second, median of the rounds
     * @param theirs the peer's
     * @param ratio median of the ratios of the rounds
     * @param lowest the lowest of these ratios
     * @param highest the highest
     */
    record Row(
            String model,
            String test,
            String method,
            String peer,
            String peerCacheType,
            double ours,
            double theirs,
            double ratio,
            double lowest,
            double highest) {}

    private ComparisonReport() {}

    /** One row for each peer; the first engine of a result is Hayloft. */
    static List<Row> rows(Result result) {
        var engines = List.copyOf(result.rates().keySet());
        var ours = rates(result.rates(), engines.getFirst());
        var rows = new ArrayList<Row>();
        for (var peer : engines.subList(1, engines.size())) {
            var theirs = rates(result.rates(), peer);
            var ratios = new double[ours.length];
            double lowest = Double.POSITIVE_INFINITY;
            double highest = 0;
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = ours[i] / theirs[i];
                lowest = Math.min(lowest, ratios[i]);
                highest = Math.max(highest, ratios[i]);
            }
            var what = result.what();
            rows.add(new Row(
                    result.model(),
                    what.name(),
                    what.method() + " " + what.cacheType(),
                    peer,
                    what.peerCacheType(),
                    Samples.median(ours),
                    Samples.median(theirs),
                    Samples.median(ratios),
                    lowest,
                    highest));
        }
        return rows;
    }

    private static double[] rates(Map<String, List<Double>> rates, String engine) {
        return rates.getOrDefault(engine, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /** For people. */
    static String table(List<Row> rows) {
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-28s %-12s %-14s %-18s %-6s %9s %9s %6s  %s%n",
                "model",
                "case",
                "hayloft",
                "peer",
                "cache",
                "ours t/s",
                "peer t/s",
                "ratio",
                "rounds"));
        for (var row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-28s %-12s %-14s %-18s %-6s %9.1f %9.1f %6.2f  %.2f..%.2f%n",
                    row.model,
                    row.test,
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
        fields.put("peer_cache_type", result.what().peerCacheType());
        fields.put("tokens_per_second", result.rates());
        var ratios = new LinkedHashMap<String, Double>();
        rows(result).forEach(row -> ratios.put(row.peer, row.ratio));
        fields.put("median_ratios", ratios);
        return JsonMapper.shared().writeValueAsString(fields);
    }
}
