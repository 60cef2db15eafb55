package io.hayloft.report;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.report.stats.Comparison;
import io.hayloft.report.stats.Comparison.Row;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Flips.Flip;
import io.hayloft.report.stats.Interval;
import io.hayloft.report.stats.SummaryTable.Difference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page of a comparison: one file without scripts, that needs no network. */
public final class ComparePage {
    /** Flips that a method shows. */
    private static final int FLIPS = 50;

    private static final int OUTPUT = 400;

    private ComparePage() {}

    /** A candidate and how it compares with the baseline. */
    public record Candidate(String name, Comparison comparison) {}

    /**
     * Writes the page.
     *
     * @param margin the loss that keeps the score, 0.01 for one point
     * @throws UserError if the file cannot be written
     */
    public static Path write(Path file, String baseline, List<Candidate> candidates, double margin) {
        try {
            return Files.writeString(file, html(baseline, candidates, margin), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }

    static String html(String baseline, List<Candidate> candidates, double margin) {
        var scale = new Scale(reach(candidates, margin), margin);
        var body = new StringBuilder(introduction(margin));
        for (var candidate : candidates) {
            body.append("<h2>").append(escaped(candidate.name())).append("</h2>\n");
            GateOutput.notes(candidate.comparison())
                    .forEach(note -> body.append("<p>").append(escaped(note)).append(".</p>\n"));
            table(body, candidate.comparison(), scale);
            for (var row : candidate.comparison().rows()) {
                flips(body, row);
            }
        }
        return Report.plain("comparison with " + baseline, body.toString());
    }

    private static String introduction(double margin) {
        return """
            <p>Each difference is of the same samples in both runs, which the hashes of their prompts prove. <b>keeps</b>: the loss is
            below %s points with 95 %% confidence, corrected for the number of methods; <b>loses</b>: it is above; <b>cannot
            tell</b>: more samples are needed. <b>p</b>: of the hypothesis that both runs score the same, without that correction
            (McNemar's exact test for right and wrong). The drawing shows the difference with its interval; the solid line is no
            difference, the dashed one the margin.</p>
            """.formatted(Digits.fixed(100 * margin, 1));
    }

    /** The largest difference that an interval of the page reaches. */
    private static double reach(List<Candidate> candidates, double margin) {
        return candidates.stream()
                .flatMap(candidate -> candidate.comparison().rows().stream())
                .map(row -> row.difference().interval())
                .filter(Interval::exists)
                .mapToDouble(interval -> Math.max(-interval.low(), interval.high()))
                .reduce(2 * margin, Math::max);
    }

    /**
     * Draws intervals beside each other, so that all rows of a page share their axis.
     *
     * @param reach difference at both ends of the axis
     * @param margin where a loss counts
     */
    private record Scale(double reach, double margin) {
        private static final int HALF = 80;

        private String at(double difference) {
            return Digits.fixed(HALF + HALF * difference / reach, 1);
        }

        /** A picture for the eye alone, as the numbers stand beside it. */
        String drawn(Difference difference) {
            var line = "<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>";
            var interval = difference.interval();
            return "<svg aria-hidden=\"true\" width=\"160\" height=\"16\" viewBox=\"0 0 160 16\">"
                    + line.formatted("zero", at(0), at(0), 0, 16)
                    + line.formatted("margin", at(-margin), at(-margin), 0, 16)
                    + (interval.exists() ? line.formatted("bar", at(interval.low()), at(interval.high()), 8, 8) : "")
                    + "<circle cx=\"" + at(difference.mean()) + "\" cy=\"8\" r=\"4\"/></svg>";
        }
    }

    private static void table(StringBuilder body, Comparison comparison, Scale scale) {
        body.append("<div class=\"wide\"><table><thead><tr><th scope=\"col\">method</th>");
        for (var name : List.of(
                "n", "baseline", "candidate", "difference [95 %]", "won / lost / same", "bytes", "time", "verdict")) {
            body.append("<th scope=\"col\">").append(name).append("</th>");
        }
        body.append("<th scope=\"col\">p</th><td></td></tr></thead><tbody>\n");
        for (var row : comparison.rows()) {
            body.append("<tr class=\"")
                    .append(row.loss().verdict().name().toLowerCase(Locale.ROOT))
                    .append("\"><th scope=\"row\">")
                    .append(escaped(row.method()))
                    .append("</th>");
            for (var cell : cells(row)) {
                body.append("<td>").append(escaped(cell)).append("</td>");
            }
            body.append("<td>")
                    .append(Digits.fixed(row.values().p(), 3))
                    .append("</td><td>")
                    .append(scale.drawn(row.difference()))
                    .append("</td></tr>\n");
        }
        body.append("</tbody></table></div>\n");
    }

    /** The cells of a row behind its method, for people. */
    public static List<String> cells(Row row) {
        var flips = row.flips();
        return List.of(
                Integer.toString(row.difference().pairs()),
                Digits.score(row.baseline().mean()),
                Digits.score(row.candidate().mean()),
                SummaryExport.difference(row.difference()),
                flips.wins() + " / " + flips.losses() + " / " + flips.ties(),
                percent(row.bytes()),
                percent(row.time().median()) + (row.time().sameMachine() ? "" : " (other machine)"),
                SummaryExport.words(row.loss().verdict()));
    }

    private static String percent(double ratio) {
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%+.1f %%", 100 * (ratio - 1)) : "-";
    }

    private static void flips(StringBuilder body, Row row) {
        var flips = row.flips().samples();
        if (flips.isEmpty()) {
            return;
        }
        body.append("<details><summary>")
                .append(escaped(row.method()))
                .append(": ")
                .append(flips.size())
                .append(" samples with another score, losses first</summary><table><thead><tr>")
                .append("<th scope=\"col\">sample</th><th scope=\"col\">before</th><th scope=\"col\">now</th>")
                .append("<th scope=\"col\">answer now</th><th scope=\"col\">reference</th></tr></thead><tbody>\n");
        boolean several = flips.stream()
                        .map(flip -> flip.record().subject().protocol())
                        .distinct()
                        .count()
                > 1;
        for (Flip flip : flips.subList(0, Math.min(FLIPS, flips.size()))) {
            var record = flip.record();
            body.append("<tr><th scope=\"row\">")
                    .append(escaped(
                            several ? record.sample() + " (" + record.subject().protocol() + ")" : record.sample()))
                    .append("</th>");
            for (var cell : List.of(
                    Digits.score(flip.other()),
                    Digits.score(record.score()),
                    cut(record.output()),
                    cut(String.join(" | ", record.references())))) {
                body.append("<td>").append(escaped(cell)).append("</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</tbody></table></details>\n");
    }

    private static String cut(String text) {
        return text.length() <= OUTPUT ? text : text.substring(0, OUTPUT) + " ...";
    }

    private static String escaped(String text) {
        return Report.escapeHtml(text);
    }
}
