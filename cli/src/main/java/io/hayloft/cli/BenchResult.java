package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.Headline;
import io.hayloft.report.Report;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Warnings;
import java.io.PrintWriter;

/** What {@code hayloft bench} prints at the end of a run. */
final class BenchResult {
    private BenchResult() {}

    /**
     * Writes the report and prints table and findings.
     *
     * @throws UserError if no sample has an answer
     */
    static void show(PrintWriter out, RunFolder run) {
        showFailures(out, run);
        var report = Report.write(run);
        var findings = Findings.of(run.records());
        out.println(SummaryText.of(findings.table()));
        for (var sentence : Headline.of(findings)) {
            out.println(Terminal.wrapped("", "", sentence));
        }
        out.println();
        for (var warning : Warnings.of(findings, run.records())) {
            out.println(Terminal.wrapped("warning: ", "         ", warning));
        }
        run.info().notes().stream()
                .filter(note -> note.startsWith("left out"))
                .forEach(note -> out.println("note: " + note));
        out.println("report:  " + report);
        out.println("records: " + run.path());
    }

    /** Samples without an answer are named above all tables. */
    private static void showFailures(PrintWriter out, RunFolder run) {
        var failed = run.failures();
        if (failed.isEmpty()) {
            return;
        }
        var samples = failed.stream()
                .map(one -> one.subject().task() + " " + one.subject().sample())
                .distinct()
                .count();
        var first = failed.getFirst();
        var text = Sizes.count((int) samples, "sample") + " failed, such as "
                + first.subject().sample() + ": " + first.error() + ". --retry-failed tries again";
        if (run.records().isEmpty()) {
            throw new UserError("no sample could be answered: " + text);
        }
        out.println(Terminal.wrapped("warning: ", "         ", text));
    }
}
