package io.hayloft.report;

import io.hayloft.base.Sizes;
import io.hayloft.report.stats.Comparison;
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

    /** Says what was left out of the comparison that was judged, a line each. */
    public static List<String> notes(Comparison comparison) {
        var notes = new ArrayList<String>();
        if (comparison.otherPrompts() > 0) {
            notes.add(Sizes.count(comparison.otherPrompts(), "sample") + " with other prompts left out");
        }
        int missing = comparison.rows().stream()
                .mapToInt(row -> row.absent().missing())
                .max()
                .orElse(0);
        if (missing > 0) {
            notes.add("the candidate lacks up to " + Sizes.count(missing, "sample")
                    + " of a method: only common samples are compared");
        }
        return notes;
    }

    private static String reasons(Line line) {
        return line.checks().stream()
                .filter(check -> check.outcome() == line.outcome())
                .map(Check::found)
                .collect(Collectors.joining("; "));
    }

    /** The same as Markdown, with the runs that were compared. */
    public static String markdown(Gate gate, String baseline, String candidate) {
        var text = new StringBuilder("### ").append(lines(gate).getFirst()).append("\n\n");
        var rest = gate.lines().stream()
                .filter(line -> line.outcome() != Outcome.PASSES)
                .toList();
        for (var line : rest) {
            text.append("- `")
                    .append(line.method())
                    .append("` **")
                    .append(line.outcome().text())
                    .append("**: ")
                    .append(reasons(line))
                    .append('\n');
        }
        return text.append(rest.isEmpty() ? "" : "\n")
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
                        .append(escaped(line.method()))
                        .append('"');
                switch (check.outcome()) {
                    case PASSES -> cases.append("/>\n");
                    case FAILS -> {
                        failures++;
                        cases.append("><failure message=\"")
                                .append(escaped(check.found()))
                                .append("\"/></testcase>\n");
                    }
                    case CANNOT_TELL -> {
                        skipped++;
                        cases.append("><skipped message=\"")
                                .append(escaped("cannot tell: " + check.found()))
                                .append("\"/></testcase>\n");
                    }
                }
            }
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"hayloft gate\" tests=\"" + count
                + "\" failures=\"" + failures + "\" errors=\"0\" skipped=\"" + skipped + "\">\n" + cases
                + "</testsuite>\n";
    }

    /** Text for XML, which has no way to write most control characters. */
    private static String escaped(String text) {
        return Report.escapeHtml(text.replaceAll("[\\p{Cntrl}\\uFFFE\\uFFFF]", " "));
    }
}
