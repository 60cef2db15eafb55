package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.PromptFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.Details;
import io.hayloft.report.Headline;
import io.hayloft.report.PairedTable;
import io.hayloft.report.TableFormat;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Grouping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
            "  hayloft show my-run --sample needle-1024-3",
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

    @Option(
            names = "--sample",
            paramLabel = "NAME",
            description = "Show one sample instead: its prompt, the right answers, and what each method wrote.")
    private @Nullable String sample;

    @Override
    public Integer call() {
        if (sample != null) {
            showSample(RunOptions.answered(run), sample);
            return 0;
        }
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

    /** Shows the samples of this name, one for each task and protocol that has it. */
    private void showSample(RunFolder found, String name) {
        var samples = new LinkedHashMap<List<String>, List<BenchRecord>>();
        for (var record : found.records()) {
            if (record.sample().equals(name)) {
                var place = List.of(record.task(), record.subject().protocol(), record.promptSha256());
                samples.computeIfAbsent(place, any -> new ArrayList<>()).add(record);
            }
        }
        if (samples.isEmpty()) {
            var names = found.records().stream().map(BenchRecord::sample).collect(Collectors.toSet());
            var hint = Suggest.closest(name, names).map(near -> "did you mean '" + near + "'?");
            throw new UserError(run + " has no sample '" + name + "': "
                    + hint.orElse("records.jsonl and the report have their names"));
        }
        var hashes = samples.keySet().stream().map(List::getLast).collect(Collectors.toSet());
        var prompts = PromptFile.read(found.path(), hashes);
        samples.forEach((place, records) -> showSample(place, records, prompts.get(place.getLast())));
    }

    private void showSample(List<String> place, List<BenchRecord> records, @Nullable String prompt) {
        var first = records.getFirst();
        out().println("sample " + first.sample() + " of " + place.getFirst() + ", " + place.get(1) + ", "
                + Sizes.count(first.promptTokens(), "token"));
        out().println();
        out().println(prompt == null ? "(the run has not kept its prompts)" : prompt);
        out().println();
        out().println("right: " + String.join(" | ", first.references()));
        for (var record : records) {
            out().println();
            out().printf(
                            Locale.ROOT,
                            "%s: score %.3f, ended by %s%n%s%n",
                            record.method(),
                            record.score(),
                            record.stopReason(),
                            record.output());
        }
    }
}
