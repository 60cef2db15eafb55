package io.hayloft.report;

import io.hayloft.base.UserError;
import io.hayloft.report.stats.Comparison;
import io.hayloft.report.stats.Comparison.Row;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Flips.Flip;
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
     * @throws UserError if the file cannot be written
     */
    public static Path write(Path file, String baseline, List<Candidate> candidates) {
        try {
            return Files.writeString(file, html(baseline, candidates), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    static String html(String baseline, List<Candidate> candidates) {
        var body = new StringBuilder();
        for (var candidate : candidates) {
            body.append("<h2>").append(escaped(candidate.name())).append("</h2>\n");
            table(body, candidate.comparison());
            for (var row : candidate.comparison().rows()) {
                flips(body, row);
            }
        }
        return Report.resource("compare.html")
                .replace("{{baseline}}", escaped(baseline))
                .replace("{{body}}", body);
    }

    private static void table(StringBuilder body, Comparison comparison) {
        body.append("<div class=\"wide\"><table><thead><tr><th scope=\"col\">method</th>");
        for (var name : List.of(
                "n", "baseline", "candidate", "difference [95 %]", "won / lost / same", "bytes", "time", "verdict")) {
            body.append("<th scope=\"col\">").append(name).append("</th>");
        }
        body.append("</tr></thead><tbody>\n");
        for (var row : comparison.rows()) {
            body.append("<tr class=\"")
                    .append(row.loss().verdict().name().toLowerCase(Locale.ROOT))
                    .append("\"><th scope=\"row\">")
                    .append(escaped(row.method()))
                    .append("</th>");
            for (var cell : cells(row)) {
                body.append("<td>").append(escaped(cell)).append("</td>");
            }
            body.append("</tr>\n");
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
        for (Flip flip : flips.subList(0, Math.min(FLIPS, flips.size()))) {
            var record = flip.record();
            body.append("<tr><th scope=\"row\">").append(escaped(record.sample())).append("</th>");
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
