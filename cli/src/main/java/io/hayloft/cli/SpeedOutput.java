package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.Suggest;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.speed.Scaling;
import io.hayloft.bench.speed.SpeedResult;
import io.hayloft.bench.speed.SpeedTest;
import io.hayloft.bench.speed.Timings;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.VectorWidth;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints results of {@code hayloft speed}: lines as they come, a table when it is closed. */
final class SpeedOutput implements AutoCloseable {
    /** A column of tests with another backend than Hayloft's own kernels. */
    private static final String BACKEND = "backend";

    /** A column of runs with several numbers of threads. */
    private static final String EFFICIENCY = "efficiency";

    private static final List<String> COLUMNS = List.of(
            "model",
            "weights",
            "test",
            "depth",
            "method",
            "cache type",
            "batch",
            "threads",
            "tokens/s",
            "ms/token",
            "cache",
            "GFLOPS",
            "GB/s",
            "of limit");

    /** Columns that a narrow terminal does without, in the order in which they go. */
    private static final List<String> FIRST_TO_GO = List.of(
            "weights", "GB/s", "GFLOPS", "of limit", "threads", "model", "cache type", "cache", "batch", "ms/token");

    /** Forms in which results are printed. */
    enum Form {
        TABLE,
        CSV,
        JSON,
        MD;

        static Form parse(String name) {
            for (var form : values()) {
                if (form.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return form;
                }
            }
            throw Suggest.unknown("form of output", name, List.of("table", "csv", "json", "md"));
        }
    }

    private final PrintWriter out;
    private final Form form;
    private final String model;
    private final boolean scaling;
    private final List<SpeedResult> results = new ArrayList<>();

    /**
     * An empty output.
     *
     * @param scaling whether tests run with several numbers of threads, the fewest first
     */
    SpeedOutput(PrintWriter out, Form form, String model, boolean scaling) {
        this.out = out;
        this.form = form;
        this.model = model;
        this.scaling = scaling;
    }

    /** Takes a result; all forms but the table print it at once. */
    void add(SpeedResult result) {
        boolean first = results.isEmpty();
        results.add(result);
        switch (form) {
            case TABLE -> {}
            case CSV -> {
                var fields = fields(result);
                if (first) {
                    out.println(String.join(",", fields.keySet()));
                }
                out.println(fields.values().stream().map(SpeedOutput::csv).collect(Collectors.joining(",")));
            }
            case JSON -> {
                out.print(first ? "[\n" : ",\n");
                out.print(Json.text(fields(result)));
            }
            case MD -> {
                if (first) {
                    out.println(markdown(columns()));
                    out.println("|---".repeat(columns().size()) + "|");
                }
                out.println(markdown(cells(result)));
            }
        }
        out.flush();
    }

    /** Prints what is still to be printed of the results so far, whether a later test failed or not. */
    @Override
    public void close() {
        if (results.isEmpty()) {
            return;
        }
        switch (form) {
            case TABLE -> out.println(table());
            case JSON -> out.print("\n]\n");
            case CSV, MD -> {}
        }
        out.flush();
    }

    private String table() {
        var table = new Table();
        for (var column : columns()) {
            if (List.of("model", BACKEND, "test", "method", "cache type").contains(column)) {
                table.text(column);
            } else {
                table.number(column);
            }
            int least = FIRST_TO_GO.indexOf(column);
            table.priority(least < 0 || (scaling && column.equals("threads")) ? Table.ALWAYS : least);
        }
        results.forEach(result -> table.row(cells(result)));
        return table.render(Terminal.width());
    }

    /** All tests of a run have the same backend. */
    private List<String> columns() {
        var columns = new ArrayList<>(COLUMNS);
        if (!results.getFirst().backend().equals(PrefillBackends.JAVA)) {
            columns.add(1, BACKEND);
        }
        if (scaling) {
            columns.add(EFFICIENCY);
        }
        return columns;
    }

    private List<String> cells(SpeedResult result) {
        var test = result.test();
        var speeds = result.tokensPerSecond();
        boolean decode = test.test() == SpeedTest.DECODE;
        var cells = new ArrayList<>(List.of(
                model,
                Sizes.bytes(result.weightBytes()),
                test.testName(),
                Integer.toString(test.depth()),
                test.method().name(),
                test.cacheType().text(),
                Integer.toString(test.batch()),
                Integer.toString(result.limits().threads()),
                number(Timings.mean(speeds)) + " ± " + number(Timings.sd(speeds)),
                number(result.millisPerToken()),
                Sizes.bytes(result.cacheBytes()),
                number(result.gflops()),
                decode ? number(result.gigabytesPerSecond()) : "-",
                String.format(
                        Locale.ROOT, "%.0f %%", 100 * (decode ? result.bandwidthShare() : result.gflopsShare()))));
        if (!result.backend().equals(PrefillBackends.JAVA)) {
            cells.add(1, result.backend());
        }
        if (scaling) {
            cells.add(scaling(result)
                    .map(more -> String.format(Locale.ROOT, "%.0f %%", 100 * more.efficiency()))
                    .orElse("-"));
        }
        return cells;
    }

    /** How the same test went with the fewest threads, if this result has more. */
    private Optional<Scaling> scaling(SpeedResult result) {
        var fewest = results.stream()
                .filter(other -> other.test().equals(result.test()))
                .findFirst()
                .orElse(result);
        return fewest.limits().threads() < result.limits().threads()
                ? Optional.of(Scaling.of(fewest, result))
                : Optional.empty();
    }

    /** The fields that programs read; docs/command-line.md explains the names. */
    private Map<String, @Nullable Object> fields(SpeedResult result) {
        var test = result.test();
        var speeds = result.tokensPerSecond();
        double mean = Timings.mean(speeds);
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("model", model);
        fields.put("test", test.testName());
        fields.put("kind", test.test().name().toLowerCase(Locale.ROOT));
        fields.put("tokens", test.tokens());
        fields.put("depth", test.depth());
        fields.put("method", test.method().name());
        fields.put("cache_type", test.cacheType().text());
        fields.put("batch", test.batch());
        fields.put("threads", result.limits().threads());
        fields.put("backend", result.backend());
        fields.put("repetitions", speeds.length);
        fields.put("tokens_per_second", mean);
        fields.put("tokens_per_second_sd", Timings.sd(speeds));
        fields.put("tokens_per_second_median", Timings.median(speeds));
        fields.put("tokens_per_second_each", mean / test.batch());
        fields.put("ms_per_token", result.millisPerToken());
        fields.put("weight_bytes", result.weightBytes());
        fields.put("cache_bytes", result.cacheBytes());
        fields.put("gflops", result.gflops());
        fields.put("gflops_share", result.gflopsShare());
        fields.put("gb_per_second", result.gigabytesPerSecond());
        fields.put("bandwidth_share", result.bandwidthShare());
        fields.put("limit_gflops", result.limits().gflops());
        fields.put("limit_gb_per_second", result.limits().gigabytesPerSecond());
        fields.put("vector_bits", VectorWidth.BITS);
        fields.put("cpu", Machines.cpu());
        var more = scaling(result);
        fields.put("speedup", more.map(Scaling::speedup).orElse(null));
        fields.put("efficiency", more.map(Scaling::efficiency).orElse(null));
        fields.put("serial_share", more.map(Scaling::serialShare).orElse(null));
        fields.put("samples", speeds);
        return fields;
    }

    private static String markdown(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static String csv(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof double[] samples) {
            return Arrays.stream(samples).mapToObj(Double::toString).collect(Collectors.joining(" "));
        }
        var text = value.toString();
        return text.contains(",") || text.contains("\"") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    /** Three or four digits that say something. */
    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
