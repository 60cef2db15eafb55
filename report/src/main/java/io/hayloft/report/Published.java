package io.hayloft.report;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.SummaryTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A figure that the paper arXiv 2407.01527 or its authors' code gives for a method, beside this run's.
 *
 * @param method the run's method
 * @param benchmark what was scored
 * @param model the model of the figure
 * @param setting its budget or bits; empty for the full cache
 * @param published the figure, 0 to 100
 * @param measured this run's, on the same scale
 * @param source where the figure is from
 * @param reasons why the two differ
 */
record Published(
        String method,
        String benchmark,
        String model,
        String setting,
        double published,
        double measured,
        String source,
        List<String> reasons) {
    private static final String USUAL_MODEL = "Meta-Llama-3-8B-Instruct";

    /** Ratios that differ by no more than this factor are the same budget. */
    private static final double SAME_RATIO = 1.15;

    /** LongBench has this many samples of most tasks. */
    private static final int ALL_SAMPLES = 200;

    private static final String TABLE = "arXiv 2407.01527v2, as cited by its readers";
    private static final String CODE = "plots in the authors' code, of the time of the paper's first version";

    /** One line of the list of figures. */
    private record Figure(
            String benchmark, String model, String family, String budget, String source, Map<String, Double> scores) {}

    private record Figures(List<Figure> figures) {}

    /** The figures for the methods and benchmarks of a run; none if it has none of them. */
    static List<Published> of(RunFolder run, SummaryTable table, List<LongBenchScores> longBench) {
        var figures = Json.read(Report.resource("published.json"), Figures.class, "the list of published figures")
                .figures();
        var found = new ArrayList<Published>();
        for (var row : table.rows()) {
            for (var figure : figures) {
                if (!row.isOfServer() && isOf(figure, row) && suits(figure, run, figures)) {
                    figure.scores().forEach((what, score) -> {
                        var here = figure.benchmark().equals("needle")
                                ? needle(run, row.method(), what)
                                : longBench(longBench, row.method(), what);
                        if (here != null) {
                            found.add(beside(run, row, figure, what, here));
                        }
                    });
                }
            }
        }
        return found;
    }

    private static Published beside(RunFolder run, SummaryTable.Row row, Figure figure, String what, double here) {
        double score = figure.scores().getOrDefault(what, Double.NaN);
        return new Published(
                row.method(),
                figure.benchmark() + ", " + what,
                figure.model(),
                figure.budget(),
                score,
                here,
                figure.source().equals("table") ? TABLE : CODE,
                reasons(run, row, figure));
    }

    private static boolean isOf(Figure figure, SummaryTable.Row row) {
        var name = row.method();
        var parts = name.split("[:,]", -1);
        var families = List.of(figure.family(), figure.family() + "-paper");
        if (name.contains("+") || !families.contains(parts[0])) {
            return false;
        }
        if (figure.budget().endsWith("x")) {
            double ratio = Double.parseDouble(
                    figure.budget().substring(0, figure.budget().length() - 1));
            double asked = row.bytes().requestedRatio();
            return asked <= ratio * SAME_RATIO && asked >= ratio / SAME_RATIO;
        }
        return figure.budget().isEmpty() || List.of(parts).contains(figure.budget());
    }

    /** Of several models the run's own one, or else the one that the paper shows first. */
    private static boolean suits(Figure figure, RunFolder run, List<Figure> figures) {
        boolean own = figures.stream().anyMatch(other -> isOwn(other.model(), run));
        return own ? isOwn(figure.model(), run) : figure.model().startsWith(USUAL_MODEL);
    }

    private static boolean isOwn(String model, RunFolder run) {
        return plain(run.info().model().name()).contains(plain(model));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceFirst("^meta-", "").replaceAll("[^a-z0-9]", "");
    }

    private static @Nullable Double longBench(List<LongBenchScores> tables, String method, String what) {
        for (var table : tables) {
            int column = what.equals("average")
                    ? (int) table.columns().stream()
                            .takeWhile(name -> !name.startsWith("average"))
                            .count()
                    : table.columns().indexOf(what);
            if (table.title().equals("LongBench")
                    && column >= 0
                    && column < table.columns().size()) {
                return table.rows().stream()
                        .filter(row -> row.method().equals(method))
                        .map(row -> row.scores().get(column))
                        .findFirst()
                        .orElse(null);
            }
        }
        return null;
    }

    /** Mean score of needles whose answer has as many digits as the figure says. */
    private static @Nullable Double needle(RunFolder run, String method, String what) {
        var digits = what.split(" ", 2)[0];
        var mean = run.records().stream()
                .filter(record ->
                        record.method().equals(method) && record.category().equals("needle"))
                .filter(record -> record.references().size() == 1
                        && record.references().getFirst().matches("\\d{" + digits + "}"))
                .mapToDouble(BenchRecord::score)
                .average();
        return mean.isPresent() ? (Double) (100 * mean.getAsDouble()) : null;
    }

    private static List<String> reasons(RunFolder run, SummaryTable.Row row, Figure figure) {
        var reasons = new ArrayList<String>();
        var settings = run.info().settings();
        if (!isOwn(figure.model(), run)) {
            reasons.add("another model");
        }
        if (figure.benchmark().equals("LongBench")) {
            if (settings.get("samples") instanceof Number samples && samples.intValue() < ALL_SAMPLES) {
                reasons.add(samples + " samples of each task instead of all");
            }
            long tasks =
                    run.records().stream().map(BenchRecord::task).distinct().count();
            if (tasks < 15) {
                reasons.add("categories of the " + tasks + " tasks that ran");
            }
        } else {
            reasons.add("other haystacks, lengths and depths");
        }
        if (settings.get("limit_tokens") instanceof Number limit && limit.intValue() > 0) {
            reasons.add("prompts cut to " + limit + " tokens");
        }
        if (!"question-aware".equals(settings.get("protocol"))) {
            reasons.add("compressed before the question");
        }
        if (!settings.containsKey("paper_compat")) {
            reasons.add("without --paper-compat");
        }
        if (figure.budget().endsWith("x")) {
            reasons.add("ratio by all stored bytes: " + Digits.fixed(row.bytes().achievedRatio(), 1) + "x here");
        }
        return reasons;
    }
}
