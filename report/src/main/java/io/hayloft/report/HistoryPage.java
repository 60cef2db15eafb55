package io.hayloft.report;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.History.Change;
import io.hayloft.report.stats.History.Point;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The page of a history: for each method its score, bytes and time over the runs, one file without scripts. */
public final class HistoryPage {
    private static final String INTRODUCTION = """
        <p>Runs of one setting, oldest first. A large red point marks a change since the last change: of the score, where the same
        samples show it at a level of 5 % shared among all points; of stored bytes by more than 0.5 %; of time by more than
        10 % on the same machine.</p>
        """;

    private static final int WIDTH = 600;
    private static final int HEIGHT = 80;

    private HistoryPage() {}

    /**
     * Writes the page.
     *
     * @param histories points of each setting, by its name
     * @throws UserError if the file cannot be written
     */
    public static Path write(Path file, String folder, Map<String, List<Point>> histories) {
        try {
            return Files.writeString(file, html(folder, histories), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }

    static String html(String folder, Map<String, List<Point>> histories) {
        var body = new StringBuilder(INTRODUCTION);
        histories.forEach((setting, points) -> {
            var methods = new LinkedHashMap<String, List<Point>>();
            points.forEach(point -> methods.computeIfAbsent(point.row().method(), any -> new ArrayList<>())
                    .add(point));
            methods.forEach((method, own) -> {
                body.append("<h2>")
                        .append(escaped(method + (setting.isEmpty() ? "" : " (setting " + setting + ")")))
                        .append("</h2>\n");
                Measure.ALL.forEach(measure -> measure.draw(body, method, own));
                table(body, own);
            });
        });
        return Report.plain("history of " + folder, body.toString());
    }

    /**
     * One of the lines.
     *
     * @param name what it shows
     * @param value of a run
     * @param isMarked whether a change marks it
     */
    private record Measure(String name, int decimals, ToDoubleFunction<Point> value, Predicate<Change> isMarked) {
        private static final List<Measure> ALL = List.of(
                new Measure("score", 2, point -> point.row().mean().mean(), change -> !Double.isNaN(change.score())),
                new Measure(
                        "stored bytes for each token",
                        0,
                        point -> point.row().bytes().perToken(),
                        change -> !Double.isNaN(change.bytes())),
                new Measure("seconds for a sample", 3, Point::seconds, change -> !Double.isNaN(change.time())));

        void draw(StringBuilder body, String method, List<Point> points) {
            var known = points.stream()
                    .filter(point -> Double.isFinite(value.applyAsDouble(point)))
                    .toList();
            if (known.isEmpty()) {
                return; // as of a server, whose sizes and times are not known
            }
            double[] values = known.stream().mapToDouble(value).toArray();
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (double one : values) {
                low = Math.min(low, one);
                high = Math.max(high, one);
            }
            var range = Digits.fixed(low, decimals) + " to " + Digits.fixed(high, decimals);
            var line = new StringBuilder();
            var marks = new StringBuilder();
            for (int i = 0; i < values.length; i++) {
                var x = Digits.fixed(values.length == 1 ? WIDTH / 2.0 : i * (double) WIDTH / (values.length - 1), 1);
                var y = Digits.fixed(high > low ? HEIGHT * (high - values[i]) / (high - low) : HEIGHT / 2.0, 1);
                line.append(x).append(',').append(y).append(' ');
                boolean marked = isMarked.test(known.get(i).change());
                marks.append("<circle cx=\"%s\" cy=\"%s\" r=\"%d\"%s><title>%s: %s</title></circle>"
                        .formatted(
                                x,
                                y,
                                marked ? 6 : 3,
                                marked ? " class=\"changed\"" : "",
                                escaped(known.get(i).run().info().started()),
                                Digits.fixed(values[i], decimals)));
            }
            body.append("<p>%s: %s</p>\n<svg class=\"line\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"%s\">"
                            .formatted(
                                    name,
                                    range,
                                    WIDTH,
                                    HEIGHT,
                                    escaped(name + " of " + method + " over " + values.length + " runs: " + range)))
                    .append("<polyline points=\"")
                    .append(line)
                    .append("\"/>")
                    .append(marks)
                    .append("</svg>\n");
        }
    }

    private static void table(StringBuilder body, List<Point> points) {
        body.append("<details><summary>the numbers</summary><table><thead><tr>");
        List.of("started", "score [95 %]", "n", "bytes/token", "s/sample", "change", "program", "run")
                .forEach(name -> body.append("<th scope=\"col\">").append(name).append("</th>"));
        body.append("</tr></thead><tbody>\n");
        for (var point : points) {
            var info = point.run().info();
            body.append("<tr><th scope=\"row\">")
                    .append(escaped(info.started()))
                    .append("</th>");
            for (var cell : List.of(
                    Digits.mean(point.row().mean()),
                    Integer.toString(point.row().mean().count()),
                    Digits.fixed(point.row().bytes().perToken(), 0),
                    Digits.fixed(point.seconds(), 3),
                    words(point.change()),
                    info.code(),
                    point.run().path().toString())) {
                body.append("<td>").append(escaped(cell)).append("</td>");
            }
            body.append("</tr>\n");
        }
        body.append("</tbody></table></details>\n");
    }

    /** Says what has changed, for people; empty if nothing has. */
    public static String words(Change change) {
        var words = new ArrayList<String>();
        if (!Double.isNaN(change.score())) {
            words.add("score " + Digits.difference(change.score()));
        }
        if (!Double.isNaN(change.bytes())) {
            words.add("bytes x" + Digits.fixed(change.bytes(), 2));
        }
        if (!Double.isNaN(change.time())) {
            words.add("time x" + Digits.fixed(change.time(), 2));
        }
        return String.join(", ", words);
    }

    private static String escaped(String text) {
        return Report.escapeHtml(text);
    }
}
