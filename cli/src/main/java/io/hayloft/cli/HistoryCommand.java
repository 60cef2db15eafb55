package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunFolders;
import io.hayloft.report.ResultTable;
import io.hayloft.report.stats.Digits;
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
            "change names what differs from the run before: the score, where the same samples show it at a level of 5"
                    + " %% shared among all rows; stored bytes by more than 0.5 %%; time by more than 10 %% on the same"
                    + " machine."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft history nightly",
            "  hayloft history nightly --method snapkv:4x --format csv"
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

    @Override
    public Integer call() {
        var form = RunOptions.textFormat(format);
        var found = RunFolders.below(RunOptions.folder(folder));
        found.damaged().forEach(line -> err().println("note: " + line));
        var settings = new LinkedHashMap<String, List<RunFolder>>();
        for (var entry : found.runs()) {
            if (entry.lines() > 0) {
                settings.computeIfAbsent(entry.info().identity(), any -> new ArrayList<>())
                        .add(RunFolder.read(entry.folder()));
            }
        }
        if (settings.isEmpty()) {
            throw new UserError("no runs with answers in " + folder + ": name the folder above those of bench --out");
        }
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        settings.forEach((setting, runs) -> History.of(runs).points().stream()
                .filter(point -> method == null || method.equals(point.row().method()))
                .forEach(point -> rows.add(fields(point, settings.size() > 1 ? setting.substring(0, 8) : ""))));
        if (rows.isEmpty()) {
            throw new UserError("no run in " + folder + " has method '" + method + "'");
        }
        RunOptions.print(out(), ResultTable.of(rows), form);
        return 0;
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
        fields.put("change", changes(point));
        fields.put("n", row.mean().count());
        fields.put("bytes_per_token", rounded(row.bytes().perToken(), 1));
        fields.put("seconds_per_sample", rounded(point.seconds(), 4));
        fields.put("code", point.run().info().code());
        fields.put("run", point.run().path().toString());
        return fields;
    }

    private static String changes(Point point) {
        var words = new ArrayList<String>();
        var before = point.before();
        if (before != null && point.scoreChanged()) {
            words.add("score " + Digits.difference(before.difference().mean()));
        }
        if (before != null && point.bytesChanged()) {
            words.add("bytes x" + Digits.fixed(before.bytes(), 2));
        }
        if (before != null && point.timeChanged()) {
            words.add("time x" + Digits.fixed(before.time().median(), 2));
        }
        return String.join(", ", words);
    }

    private static @Nullable Double rounded(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Double.isFinite(value) ? (Double) (Math.round(value * unit) / unit) : null;
    }
}
