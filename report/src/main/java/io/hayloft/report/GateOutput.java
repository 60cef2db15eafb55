package io.hayloft.report;

import io.hayloft.base.Sizes;
import io.hayloft.report.stats.Gate;
import io.hayloft.report.stats.Gate.Check;
import io.hayloft.report.stats.Gate.Line;
import io.hayloft.report.stats.Gate.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A gate's decision as text: for a terminal or a pull request, and as JUnit XML for CI servers. */
public final class GateOutput {
    private GateOutput() {}

    /** The decision in one line, then one for each method that does not pass. */
    public static List<String> lines(Gate gate) {
        var lines = new ArrayList<String>();
        long passing = gate.lines().stream()
                .filter(line -> line.outcome() == Outcome.PASSES)
                .count();
        lines.add("gate: " + gate.outcome().text() + " (" + passing + " of "
                + Sizes.count(gate.lines().size(), "method") + " within the limits)");
        gate.lines().stream()
                .filter(line -> line.outcome() != Outcome.PASSES)
                .forEach(line -> lines.add(line.method() + ": " + line.outcome().text() + ": " + reasons(line)));
        return lines;
    }

    private static String reasons(Line line) {
        return line.checks().stream()
                .filter(check -> check.outcome() == line.outcome())
                .map(Check::found)
                .collect(Collectors.joining("; "));
    }

    /** The same as Markdown, with the runs that were compared. */
    public static String markdown(Gate gate, String baseline, String candidate) {
        var lines = lines(gate);
        var text = new StringBuilder("### ").append(lines.getFirst()).append("\n\n");
        lines.subList(1, lines.size())
                .forEach(line -> text.append("- ").append(line).append('\n'));
        return text.append(lines.size() > 1 ? "\n" : "")
                .append("Baseline `")
                .append(baseline)
                .append("`, candidate `")
                .append(candidate)
                .append("`.\n")
                .toString();
    }

    /** A test suite with a case for each check: failures are failures, checks that cannot tell are skipped. */
    public static String junit(Gate gate) {
        var cases = new StringBuilder();
        int failures = 0;
        int skipped = 0;
        int count = 0;
        for (var line : gate.lines()) {
            for (var check : line.checks()) {
                count++;
                cases.append("  <testcase classname=\"hayloft.gate.")
                        .append(check.what())
                        .append("\" name=\"")
                        .append(Report.escapeHtml(line.method()))
                        .append('"');
                switch (check.outcome()) {
                    case PASSES -> cases.append("/>\n");
                    case FAILS -> {
                        failures++;
                        cases.append("><failure message=\"")
                                .append(Report.escapeHtml(check.found()))
                                .append("\"/></testcase>\n");
                    }
                    case CANNOT_TELL -> {
                        skipped++;
                        cases.append("><skipped message=\"")
                                .append(Report.escapeHtml("cannot tell: " + check.found()))
                                .append("\"/></testcase>\n");
                    }
                }
            }
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"hayloft gate\" tests=\"" + count
                + "\" failures=\"" + failures + "\" errors=\"0\" skipped=\"" + skipped + "\">\n" + cases
                + "</testsuite>\n";
    }
}
