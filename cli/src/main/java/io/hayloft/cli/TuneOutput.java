package io.hayloft.cli;

import io.hayloft.base.FileError;
import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.tune.Footprint;
import io.hayloft.bench.tune.TuneResult;
import io.hayloft.bench.tune.TuneResult.Standing;
import io.hayloft.report.Recommendation;
import io.hayloft.report.TuneReport;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.HeldOutCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What {@code hayloft tune} prints and writes. */
final class TuneOutput {
    private final TuneResult result;
    private final String model;
    private final Path folder;
    private final Recommendation recommended;
    private final String command;

    /**
     * Output of a search.
     *
     * @param model name of the model
     * @param folder of the search
     */
    TuneOutput(TuneResult result, String model, Path folder) {
        this.result = result;
        this.model = model;
        this.folder = folder;
        this.recommended = Recommendation.of(result);
        this.command = "hayloft generate --model " + quoted(model) + " --method " + quoted(recommended.method())
                + " --prompt-file prompt.txt";
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9._:/=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Writes the page and {@code tune.json}, and prints the result. */
    void show(PrintWriter out, boolean json) {
        var page = TuneReport.write(folder, result, recommended, command);
        var object = object();
        write(object);
        if (json) {
            object.remove("prompts");
            Json.line(out, object);
            return;
        }
        for (var sentence : recommended.sentences()) {
            out.println(Terminal.wrapped("", "", sentence));
        }
        out.println();
        out.println("Use it:");
        out.println("  " + command);
        out.println();
        out.println("At other budgets:");
        out.println(frontier().render(Terminal.width()));
        out.println("report:  " + page);
        out.println("records: " + folder);
    }

    private Table frontier() {
        var table = new Table()
                .text("setting")
                .number("bytes")
                .number("bytes a token")
                .number("against full")
                .number("samples")
                .priority(1);
        for (var one : recommended.frontier()) {
            table.row(List.of(
                    one.footprint().method(),
                    Sizes.bytes(Math.round(one.footprint().bytes())),
                    String.format(Locale.ROOT, "%,.0f", one.footprint().perToken()),
                    Digits.difference(one.score() - one.fullScore()),
                    String.valueOf(one.samples())));
        }
        return table;
    }

    private void write(Map<String, @Nullable Object> object) {
        var file = folder.resolve("tune.json");
        try {
            Files.writeString(file, Json.text(object) + System.lineSeparator());
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + FileError.reason(e), e);
        }
    }

    private Map<String, @Nullable Object> object() {
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("recommended", recommended.method());
        object.put("goal", result.goal().text());
        object.put("model", model);
        object.put("stored_bytes", result.recommended().bytes());
        object.put("bytes_per_token", result.recommended().perToken());
        object.put("full_stored_bytes", result.full().bytes());
        object.put("verdict", recommended.verdict());
        object.put("check", check(recommended.check()));
        object.put("command", command);
        object.put(
                "frontier", recommended.frontier().stream().map(TuneOutput::row).toList());
        object.put("settings", result.standings().stream().map(TuneOutput::row).toList());
        object.put("left_out", result.leftOut().stream().map(Footprint::method).toList());
        object.put("rounds", result.rounds());
        object.put("decoded_tokens", result.work().decodedTokens());
        object.put("exhaustive_decoded_tokens", result.work().exhaustiveTokens());
        object.put("saved", result.work().saved());
        object.put(
                "prompts",
                Map.of(
                        "search", new TreeSet<>(result.prompts().search()),
                        "check", new TreeSet<>(result.prompts().check())));
        return object;
    }

    private static @Nullable Map<String, @Nullable Object> check(@Nullable HeldOutCheck held) {
        if (held == null) {
            return null;
        }
        var check = new LinkedHashMap<String, @Nullable Object>();
        check.put("samples", held.difference().pairs());
        check.put("score", finite(held.setting().mean()));
        check.put("full_score", finite(held.full().mean()));
        check.put("difference", finite(held.difference().mean()));
        check.put("low", finite(held.difference().interval().low()));
        check.put("high", finite(held.difference().interval().high()));
        check.put("margin", held.margin());
        check.put("lower_bound", finite(held.loss().lower()));
        check.put("samples_needed", held.loss().needed());
        check.put("beats_random", held.beatsRandom());
        return check;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    private static Map<String, Object> row(Standing one) {
        var row = new LinkedHashMap<String, Object>();
        row.put("method", one.footprint().method());
        row.put("stored_bytes", one.footprint().bytes());
        row.put("bytes_per_token", one.footprint().perToken());
        row.put("samples", one.samples());
        row.put("score", one.score());
        row.put("difference", one.score() - one.fullScore());
        return row;
    }
}
