package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.report.RunQuery;
import io.hayloft.report.TableFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft sql}: answers a question about a run in SQL. */
@Command(
        name = "sql",
        description = {
            "Answer a question about the records of a run in SQL (of DuckDB).",
            "",
            "Table records has a row for each answer, with the fields of records.jsonl as columns"
                + " (docs/command-line.md explains them); table failures has those that failed: model, method, task,"
                + " category, sample, error."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft sql my-run \"select method, avg(score), count(*) from records group by all\"",
            "  hayloft sql my-run \"select sample, output from records where method = 'snapkv:4x' and score < 1\"",
            "  hayloft sql my-run \"from records\" --format parquet --out records.parquet",
            "  hayloft sql my-run \"describe records\""
        })
final class SqlCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "RUN", description = "Folder of a run, as named by bench --out.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "QUERY", description = "A query; quote it for your shell.")
    private String query = "";

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "table",
            description = "table (default), md, csv, json, latex or parquet.")
    private String format = "table";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "File for --format parquet. Default: query.parquet in the run's folder.")
    private @Nullable String file;

    @Override
    public Integer call() {
        var form = TableFormat.parse(format);
        if (file != null && form != TableFormat.PARQUET) {
            throw new UserError("--out is for --format parquet: send other formats to a file with >");
        }
        var folder = RunOptions.folder(run);
        if (form == TableFormat.PARQUET) {
            var target = file == null ? folder.resolve("query.parquet") : RunOptions.folder(file);
            out().println(RunQuery.copy(folder, query, target));
        } else {
            RunOptions.print(out(), RunQuery.select(folder, query), form);
        }
        return 0;
    }
}
