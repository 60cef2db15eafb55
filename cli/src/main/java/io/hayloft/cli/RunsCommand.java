package io.hayloft.cli;

import io.hayloft.bench.record.RunFolders;
import io.hayloft.report.ResultTable;
import io.hayloft.report.TableFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft runs}: lists the runs in a folder. */
@Command(
        name = "runs",
        description = "List the runs in a folder and the folders in it, the newest first.",
        footer = {"", "Examples:", "  hayloft runs", "  hayloft runs experiments --format json"})
final class RunsCommand extends Subcommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = "hayloft-runs",
            description = "Where to look. Default: ${DEFAULT-VALUE}.")
    private String folder = "hayloft-runs";

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
        if (found.runs().isEmpty() && form == TableFormat.TABLE) {
            out().println("no runs in " + folder + ": hayloft bench makes one");
            return 0;
        }
        RunOptions.print(
                out(),
                ResultTable.of(found.runs().stream().map(RunsCommand::fields).toList()),
                form);
        return 0;
    }

    private static Map<String, @Nullable Object> fields(RunFolders.Entry run) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        var info = run.info();
        fields.put("run", run.folder().toString());
        fields.put("model", info.model().name());
        fields.put("records", run.lines());
        fields.put("started", info.started());
        fields.put("state", info.finished() == null ? "unfinished" : "finished");
        fields.put("tasks", words(info.settings().get("tasks")));
        fields.put("methods", info.settings().get("methods") instanceof List<?> list ? list.size() : null);
        fields.put("samples", info.settings().get("samples"));
        fields.put("minutes", Math.round(info.seconds() / 6) / 10.0);
        return fields;
    }

    private static @Nullable String words(@Nullable Object names) {
        return names instanceof List<?> list
                ? String.join(" ", list.stream().map(String::valueOf).toList())
                : null;
    }
}
