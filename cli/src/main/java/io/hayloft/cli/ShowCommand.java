package io.hayloft.cli;

import io.hayloft.report.Details;
import io.hayloft.report.Headline;
import io.hayloft.report.PairedTable;
import io.hayloft.report.TableFormat;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Grouping;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft show}: the table of a run. */
@Command(
        name = "show",
        description = {
            "Show the table of a run, one row a method, also while the run goes on or after it was stopped.",
            "",
            "table, md and latex are rounded for people; csv, json and parquet hold all digits, with intervals,"
                    + " verdicts, and counts of samples won, lost, cut short and failed. parquet becomes a file in the"
                    + " run's folder."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft show my-run",
            "  hayloft show my-run --by length",
            "  hayloft show my-run --by task --format csv > by-task.csv",
            "",
            "See also: hayloft sql, which answers questions of your own, and hayloft compare."
        })
final class ShowCommand extends Subcommand {
    @Parameters(paramLabel = "RUN", description = "Folder of a run, as named by bench --out.")
    private String run = "";

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "category",
            description = "Columns of scores: category (default), task, length, depth, protocol, or method for none.")
    private String by = "category";

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "table",
            description = "table (default), md, csv, json, latex or parquet.")
    private String format = "table";

    @Override
    public Integer call() {
        var grouping = Grouping.parse(by);
        var form = TableFormat.parse(format);
        var found = RunOptions.answered(run);
        SummaryText.print(out(), found, grouping, form);
        if (form == TableFormat.TABLE) {
            var findings = Findings.of(found.records());
            out().println();
            RunOptions.print(out(), PairedTable.of(found, findings), form);
            out().println();
            for (var sentence : Headline.of(findings)) {
                out().println(Terminal.wrapped("", "", sentence));
            }
            for (var line : Details.of(found, findings)) {
                out().println(Terminal.wrapped("- ", "  ", line));
            }
        }
        found.notes().forEach(note -> err().println("note: " + note));
        return 0;
    }
}
