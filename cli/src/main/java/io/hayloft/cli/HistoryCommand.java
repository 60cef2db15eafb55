package io.hayloft.cli;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunFolders;
import io.hayloft.report.HistoryPage;
import io.hayloft.report.ResultTable;
import io.hayloft.report.TableFormat;
import io.hayloft.report.stats.History;
import io.hayloft.report.stats.History.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft history}: how the results of one setting went over many runs. */
@Command(
        name = "history",
        description = {
            "Show score, bytes and time of each method over the runs of one setting, oldest first.",
            "",
            "change names what differs since the last change: the score, where the same samples show it at a level of"
                + " 5 %% shared among all rows; stored bytes by more than 0.5 %%; time by more than 10 %% on the same"
                + " machine."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft history nightly",
            "  hayloft history nightly --method snapkv:4x --format csv",
            "  hayloft history nightly --by code --html history.html"
        })
final class HistoryCommand extends Subcommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = "hayloft-runs",
            description = "Folder with the folders of runs. Default: ${DEFAULT-VALUE}.")
    private String folder = "hayloft-runs";

    @Option(names = "--method", paramLabel = "NAME", description = "Show this method alone.")
    private @Nullable String method;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "table",
            description = "table (default), md, csv, json or latex.")
    private String format = "table";

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "date",
            description = "date (default): a row a run; code: a row for each version of the program, its last run.")
    private String by = "date";

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page that draws them.")
    private @Nullable String html;

    @Override
    public Integer call() {
        var form = json ? TableFormat.JSON : RunOptions.textFormat(format);
        var histories = histories();
        if (html != null) {
            err().println("page: " + HistoryPage.write(RunOptions.folder(html), folder, histories));
        }
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        histories.forEach((setting, points) -> points.forEach(point -> rows.add(fields(point, setting))));
        RunOptions.print(out(), ResultTable.of(rows), form);
        return 0;
    }

    /** Points of each setting by its name; a setting alone needs none. */
    private Map<String, List<Point>> histories() {
        if (!List.of("date", "code").contains(by)) {
            throw Suggest.unknown("order", by, List.of("date", "code"));
        }
        var settings = settings();
        var histories = new LinkedHashMap<String, List<Point>>();
        settings.forEach((setting, runs) -> {
            var points = History.of(by.equals("code") ? History.byCode(runs) : runs).points().stream()
                    .filter(point -> method == null || method.equals(point.row().method()))
                    .toList();
            if (!points.isEmpty()) {
                histories.put(settings.size() > 1 ? setting.substring(0, 8) : "", points);
            }
        });
        if (histories.isEmpty()) {
            throw new UserError("no run in " + folder + " has method '" + method + "'");
        }
        return histories;
    }

    private Map<String, List<RunFolder>> settings() {
        var found = RunFolders.below(RunOptions.folder(folder));
        found.damaged().forEach(line -> err().println("note: " + line));
        var settings = new LinkedHashMap<String, List<RunFolder>>();
        for (var entry : found.runs()) {
            if (entry.lines() > 0) {
                var run = RunFolder.read(entry.folder());
                if (!run.records().isEmpty()) {
                    settings.computeIfAbsent(entry.info().identity(), any -> new ArrayList<>())
                            .add(run);
                }
            }
        }
        if (settings.isEmpty()) {
            throw new UserError("no runs with answers in " + folder + ": name the folder above those of bench --out");
        }
        return settings;
    }

    private static Map<String, @Nullable Object> fields(Point point, String setting) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        if (!setting.isEmpty()) {
            fields.put("setting", setting);
        }
        var row = point.row();
        fields.put("method", row.method());
        fields.put("started", point.run().info().started());
        fields.put("score", rounded(row.mean().mean(), 4));
        fields.put("change", HistoryPage.words(point.change()));
        fields.put("n", row.mean().count());
        fields.put("bytes_per_token", rounded(row.bytes().perToken(), 1));
        fields.put("seconds_per_sample", rounded(point.seconds(), 4));
        fields.put("commit", shortened(point.run().info().commit()));
        fields.put("code", point.run().info().code());
        fields.put("run", point.run().path().toString());
        return fields;
    }

    /** As many digits as people compare. */
    private static String shortened(String commit) {
        return commit.length() > 12 ? commit.substring(0, 12) : commit;
    }

    private static @Nullable Double rounded(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Double.isFinite(value) ? (Double) (Math.round(value * unit) / unit) : null;
    }
}
