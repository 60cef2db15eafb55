package io.hayloft.report;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the page of a run. */
public final class Report {
    private static final String FILE = "report.html";
    private static final String CHARTS = "/META-INF/resources/_static/echarts/6.0.0/dist/echarts.min.js";

    /** Parts of the script, each of which sees those before it. */
    private static final List<String> SCRIPTS =
            List.of("report.js", "charts.js", "tables.js", "paired.js", "samples.js", "kept.js", "page.js");

    private Report() {}

    /**
     * Writes {@code report.html} into the folder of the run: one file that needs no network.
     *
     * @return the file
     * @throws UserError if it cannot be written
     */
    public static Path write(RunFolder run) {
        var file = run.path().resolve(FILE);
        var draft = run.path().resolve(FILE + ".new");
        try {
            Files.writeString(draft, html(run), StandardCharsets.UTF_8);
            return Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }

    /** The page: style, chart library, data and script put into the frame. */
    static String html(RunFolder run) {
        return html(run, "");
    }

    /**
     * The same with something above all else.
     *
     * @param top HTML
     */
    static String html(RunFolder run, String top) {
        var parts = Map.of(
                "{{top}}", top,
                "{{title}}", escapeHtml("Hayloft: " + run.info().model().name()),
                "{{style}}", resource("report.css"),
                "{{charts}}", resource(CHARTS),
                "{{data}}", escapeJson(Json.line(ReportData.of(run))),
                "{{script}}", SCRIPTS.stream().map(Report::resource).collect(Collectors.joining()));
        return filled(resource("report.html"), parts);
    }

    /** A page without scripts. */
    static String plain(String title, String body) {
        return filled(resource("plain.html"), Map.of("{{title}}", escapeHtml(title), "{{body}}", body));
    }

    /** A frame whose names in double braces are replaced; unknown ones by nothing. */
    static String filled(String frame, Map<String, String> parts) {
        var page = new StringBuilder();
        int at = 0;
        // one pass, so that a part is never searched for the names of others
        for (int open = frame.indexOf("{{"); open >= 0; open = frame.indexOf("{{", at)) {
            int end = frame.indexOf("}}", open) + 2;
            page.append(frame, at, open).append(parts.getOrDefault(frame.substring(open, end), ""));
            at = end;
        }
        return page.append(frame, at, frame.length()).toString();
    }

    /** JSON that cannot end the script element it stands in, whatever the texts hold. */
    static String escapeJson(String json) {
        return json.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    static String escapeHtml(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String resource(String name) {
        try (var in = Report.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
