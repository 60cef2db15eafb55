package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.Headline;
import io.hayloft.report.Report;
import io.hayloft.report.TableFormat;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.KeyDigits;
import io.hayloft.report.stats.ScoreParts;
import io.hayloft.report.stats.Warnings;
import java.io.PrintWriter;
import java.util.List;

/** What {@code hayloft bench} prints at the end of a run. */
final class BenchResult {
    private BenchResult() {}

    /**
     * Writes the report and prints table and findings.
     *
     * @param out takes the table
     * @param text takes everything else
     * @throws UserError if no sample has an answer
     */
    static void show(PrintWriter out, PrintWriter text, RunFolder run, TableFormat form) {
        showFailures(text, run);
        var report = Report.write(run);
        var findings = Findings.of(run.records());
        SummaryText.print(out, run, Grouping.CATEGORY, form);
        if (Protocol.ALL.text().equals(run.info().settings().get("protocol"))) {
            text.println("\n"
                    + "Score by where the question stands when methods compress (the table above has the mean of"
                    + " all places):");
            SummaryText.print(text, run, Grouping.PROTOCOL, TableFormat.TABLE);
            text.println(Terminal.wrapped("", "", PROTOCOLS));
        }
        KeyDigits.of(run.records()).forEach(keys -> text.println(SummaryText.ofKeys(keys)));
        ScoreParts.of(run.records()).forEach(parts -> text.println(SummaryText.ofParts(parts)));
        for (var sentence : Headline.of(findings)) {
            text.println(Terminal.wrapped("", "", sentence));
        }
        text.println();
        for (var warning : Warnings.of(findings, run.records())) {
            text.println(Terminal.wrapped("warning: ", "         ", warning));
        }
        run.info().notes().stream()
                .filter(note -> note.startsWith("left out"))
                .forEach(note -> text.println("note: " + note));
        text.println("report:  " + report);
        text.println("records: " + run.path());
    }

    /** Why one method has several scores. */
    private static final String PROTOCOLS = "question-aware: compressed after the whole prompt, question included;"
        + " question-agnostic: after the context, before the question is known; other-question: after the context and"
        + " another question. Papers that put the question in different places report different scores for one"
        + " method.";

    /** Samples without an answer are named above all tables. */
    private static void showFailures(PrintWriter text, RunFolder run) {
        var failed = run.failures();
        if (failed.isEmpty()) {
            return;
        }
        var samples = failed.stream()
                .map(one -> List.of(
                        one.subject().task(),
                        one.subject().sample(),
                        one.subject().protocol()))
                .distinct()
                .count();
        var first = failed.getFirst();
        var failures = Sizes.count((int) samples, "sample") + " failed, such as "
                + first.subject().sample() + ": " + first.error() + ". --retry-failed tries again";
        if (run.records().isEmpty()) {
            throw new UserError("no sample could be answered: " + failures);
        }
        text.println(Terminal.wrapped("warning: ", "         ", failures));
    }
}
