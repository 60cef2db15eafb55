package io.hayloft.report;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.bench.tune.TuneResult;
import io.hayloft.bench.tune.TuneResult.Standing;
import io.hayloft.report.stats.Digits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page of a search: its recommendation on top of the page of its run. */
public final class TuneReport {
    private TuneReport() {}

    /**
     * Writes {@code report.html} into the folder of the search, and the pages of both runs into theirs.
     *
     * @param command the command line that uses the recommended setting
     * @return the page
     * @throws UserError if it cannot be written
     */
    public static Path write(Path folder, TuneResult result, Recommendation recommended, String command) {
        var check = result.check();
        if (check != null) {
            Report.write(check);
        }
        Report.write(result.search());
        var page = folder.resolve("report.html");
        try {
            Files.writeString(
                    page, Report.html(result.search(), section(result, recommended, command)), StandardCharsets.UTF_8);
            return page;
        } catch (IOException e) {
            throw new UserError("cannot write " + page + ": " + FileError.reason(e), e);
        }
    }

    private static String section(TuneResult result, Recommendation recommended, String command) {
        var html = new StringBuilder("<section id=\"recommendation\"><h2>")
                .append(Report.escapeHtml(recommended.sentences().getFirst()))
                .append("</h2>");
        for (var sentence :
                recommended.sentences().subList(1, recommended.sentences().size())) {
            html.append("<p>").append(Report.escapeHtml(sentence)).append("</p>");
        }
        html.append("<p>Use it: <code>").append(Report.escapeHtml(command)).append("</code></p>");
        frontier(html, recommended.frontier());
        rounds(html, result);
        html.append("<p class=\"quiet\">Below is the run of the search, whose samples chose the setting; settings that"
                + " were dropped early have few of them.");
        if (result.check() != null) {
            html.append(" The page of the final check is <a href=\"check/report.html\">check/report.html</a>.");
        }
        return html.append("</p></section>").toString();
    }

    private static void frontier(StringBuilder html, List<Standing> frontier) {
        html.append("<h3>At other budgets</h3><div class=\"scroll\"><table><thead><tr><th>setting</th><th>bytes</th>"
                + "<th>bytes a token</th><th>against full</th><th>samples</th></tr></thead><tbody>");
        for (var one : frontier) {
            cells(
                    html,
                    List.of(
                            one.footprint().method(),
                            String.format(Locale.ROOT, "%,.0f", one.footprint().bytes()),
                            String.format(Locale.ROOT, "%,.0f", one.footprint().perToken()),
                            Digits.difference(one.score() - one.fullScore()),
                            String.valueOf(one.samples())));
        }
        html.append("</tbody></table></div>");
    }

    private static void cells(StringBuilder html, List<String> cells) {
        html.append("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            var tag = i == 0 ? "th" : "td";
            html.append("<").append(tag).append(i == 0 ? " scope=\"row\">" : ">");
            html.append(Report.escapeHtml(cells.get(i)))
                    .append("</")
                    .append(tag)
                    .append(">");
        }
        html.append("</tr>");
    }

    private static void rounds(StringBuilder html, TuneResult result) {
        html.append("<h3>The search</h3><ol>");
        for (var round : result.rounds()) {
            html.append("<li>")
                    .append(round.settings())
                    .append(round.settings() == 1 ? " setting on " : " settings on ")
                    .append(round.samples())
                    .append(" samples</li>");
        }
        var prompts = result.prompts();
        html.append("</ol><p class=\"quiet\">")
                .append(prompts.search().size())
                .append(" prompts chose, ")
                .append(prompts.check().size())
                .append(" others checked; none is among both. SHA-256 of each are in tune.json.</p>");
    }
}
