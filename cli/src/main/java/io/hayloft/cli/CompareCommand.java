package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.report.ComparePage;
import io.hayloft.report.ComparePage.Candidate;
import io.hayloft.report.GateOutput;
import io.hayloft.report.SummaryExport;
import io.hayloft.report.stats.Comparison;
import io.hayloft.report.stats.Comparison.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft compare}: two or more runs, sample by sample. */
@Command(
        name = "compare",
        description = {
            "Compare runs with the first one, method by method, on the same samples only.",
            "",
            "Samples are the same if their prompts have the same hash. keeps: with 95 %% confidence the loss is below"
                + " the margin, corrected for the number of methods; loses: it is above; cannot tell: more samples are"
                + " needed."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft compare before after",
            "  hayloft compare before after1 after2 --html comparison.html",
            "  hayloft compare before after --json",
            "",
            "See also: hayloft gate, which ends with an exit code, and hayloft history."
        })
final class CompareCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "BASELINE", description = "Folder of the run to compare with.")
    private String baseline = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "RUN", description = "Folders of the other runs.")
    private List<String> candidates = List.of();

    @Option(
            names = "--json",
            description = "Print an array with an object for each method: method, n, difference, low, high, verdict and"
                    + " more.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page, with the samples that differ.")
    private @Nullable String html;

    @Option(
            names = "--margin",
            paramLabel = "POINTS",
            defaultValue = "1.0",
            description = "Largest loss that still keeps the score, in points of a hundred. Default: ${DEFAULT-VALUE}.")
    private double margin;

    @Override
    public Integer call() {
        if (!(margin > 0 && margin <= 100)) {
            throw new UserError("--margin must be above 0 and at most 100 points, not " + margin);
        }
        var before = RunOptions.answered(baseline);
        var compared = new ArrayList<Candidate>();
        for (var name : candidates) {
            var comparison = Comparison.of(before, RunOptions.answered(name), margin / 100);
            check(name, comparison);
            compared.add(new Candidate(name, comparison));
        }
        if (html != null) {
            var page = ComparePage.write(RunOptions.folder(html), baseline, compared, margin / 100);
            err().println("page: " + page);
        }
        if (json) {
            Json.pretty(
                    out(),
                    compared.stream()
                            .flatMap(one -> one.comparison().rows().stream().map(row -> fields(one.name(), row)))
                            .toList());
            return 0;
        }
        for (var one : compared) {
            print(one);
        }
        return 0;
    }

    /** A comparison without a common sample is a mistake, one that leaves something out says so. */
    private void check(String name, Comparison comparison) {
        if (comparison.rows().isEmpty()) {
            throw new UserError(baseline + " and " + name + " have no method and sample in common"
                    + (comparison.otherPrompts() > 0
                            ? ": " + Sizes.count(comparison.otherPrompts(), "sample")
                                    + " of the same name have other prompts (another model, length or seed?)"
                            : ": compare runs of the same tasks, lengths and seed"));
        }
        GateOutput.notes(comparison).forEach(text -> note(true, name + ": " + text));
        note(
                !comparison.nothingCommon().isEmpty(),
                name + " has no sample in common for " + String.join(", ", comparison.nothingCommon()));
        note(
                !comparison.allFailed().isEmpty(),
                "every sample failed in " + name + " of " + String.join(", ", comparison.allFailed()));
        note(!comparison.onlyBaseline().isEmpty(), name + " lacks " + String.join(", ", comparison.onlyBaseline()));
        note(
                !comparison.onlyCandidate().isEmpty(),
                baseline + " lacks " + String.join(", ", comparison.onlyCandidate()));
    }

    private void note(boolean holds, String text) {
        if (holds) {
            err().println("note: " + text);
        }
    }

    private void print(Candidate one) {
        var table = new Table()
                .text("method")
                .number("n")
                .priority(5)
                .number("baseline")
                .priority(3)
                .number("candidate")
                .priority(4)
                .number("difference")
                .number("won/lost/same")
                .priority(2)
                .number("bytes")
                .priority(1)
                .number("time")
                .priority(0)
                .text("verdict");
        for (var row : one.comparison().rows()) {
            var cells = new ArrayList<>(List.of(row.method()));
            cells.addAll(ComparePage.cells(row));
            table.row(cells);
        }
        if (candidates.size() > 1) {
            out().println(one.name() + " against " + baseline);
        }
        out().println(table.render(Terminal.width()));
    }

    private Map<String, @Nullable Object> fields(String run, Row row) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        var interval = row.difference().interval();
        fields.put("method", row.method());
        fields.put("n", row.difference().pairs());
        fields.put("difference", finite(row.difference().mean()));
        fields.put("low", finite(interval.low()));
        fields.put("high", finite(interval.high()));
        fields.put("verdict", SummaryExport.words(row.loss().verdict()));
        fields.put("p", finite(row.values().p()));
        fields.put("run", run);
        fields.put("baseline_score", finite(row.baseline().mean()));
        fields.put("score", finite(row.candidate().mean()));
        fields.put("wins", row.flips().wins());
        fields.put("losses", row.flips().losses());
        fields.put("ties", row.flips().ties());
        fields.put("worst_5_percent", finite(row.flips().worst()));
        fields.put("detectable_loss", finite(row.loss().detectable()));
        fields.put(
                "needed_samples", row.loss().needed() == 0 ? null : row.loss().needed());
        fields.put("failed", row.absent().failed());
        fields.put("missing", row.absent().missing());
        fields.put("stored_bytes_ratio", finite(row.bytes()));
        fields.put("time_ratio", finite(row.time().median()));
        fields.put("same_machine", row.time().sameMachine());
        return fields;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}
