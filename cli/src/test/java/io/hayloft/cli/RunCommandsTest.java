package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that read runs, on a short one of the embedded model and its parts. */
class RunCommandsTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void run() {
        Cli.good(bench("all"));
        for (int part = 1; part <= 3; part++) {
            Cli.good(bench("part" + part, "--shard", part + "/3", "--quiet"));
        }
    }

    private static String[] bench(String out, String... options) {
        var arguments = new ArrayList<>(List.of(
                "bench",
                "--methods",
                "full,snapkv:2x,snapkv:4x",
                "--no-truncation",
                "--tasks",
                "mini-needle,mini-summarisation",
                "--samples",
                "8",
                "--lengths",
                "256",
                "--out",
                path(out)));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    private static String path(String name) {
        return folder.resolve(name).toString();
    }

    private static JsonNode json(Cli run) {
        return JsonMapper.shared().readTree(run.out());
    }

    /** A run without an answer leaves nothing; one with answers, or a folder with other files, stays. */
    @Test
    void whatWasStoppedBeforeTheFirstSampleIsRemoved() throws IOException {
        var stopped = Files.createDirectory(folder.resolve("stopped"));
        for (var name : List.of("run.json", "predicted.json", ".lock")) {
            Files.copy(folder.resolve("all").resolve(name), stopped.resolve(name));
        }
        Files.createFile(stopped.resolve("records.jsonl"));
        Files.createFile(stopped.resolve("run.json.new"));
        var other = Files.createFile(stopped.resolve("notes.txt"));

        assertThat(BenchProgress.stoppedEarly(stopped))
                .isEqualTo("stopped before the first sample was done: " + stopped + " stays, as it holds other files or"
                        + " cannot be removed; the same command starts again");
        assertThat(other).exists();
        Files.delete(other);
        assertThat(BenchProgress.stoppedEarly(stopped)).startsWith("stopped before the first sample was done");
        assertThat(stopped).doesNotExist();
        assertThat(BenchProgress.stoppedEarly(folder.resolve("all")))
                .isEqualTo("stopped: what was answered before is in " + folder.resolve("all")
                        + "; the same command goes on from there");
        assertThat(folder.resolve("all/records.jsonl")).exists();
        assertThat(BenchProgress.stoppedEarly(null)).startsWith("stopped before the first sample was done");
    }

    @Test
    void showHasARowForEachMethodInEveryFormat() throws IOException {
        var csv = Cli.good("show", path("all"), "--format", "csv").out().lines().toList();
        assertThat(csv).hasSize(1 + 5);
        assertThat(csv.getFirst()).startsWith("method,n,score,").contains(",needle,", ",verdict,");
        assertThat(csv.get(1)).startsWith("full,16,");
        var rows = json(Cli.good("show", path("all"), "--format", "json", "--by", "task"));
        assertThat(rows).hasSize(5);
        assertThat(rows.get(0).propertyNames()).startsWith("method").contains("mini-needle", "mini-summarisation");
        assertThat(Cli.good("show", path("all"), "--format", "md").out()).startsWith("| method | ");
        assertThat(Cli.good("show", path("all"), "--format", "latex").out()).contains("\\toprule", "random:2x");
        var parquet = Cli.good("show", path("all"), "--format", "parquet").out().strip();
        assertThat(Files.readAllBytes(Path.of(parquet))).startsWith('P', 'A', 'R', '1');
        assertThat(Cli.good("show", path("all"), "--by", "method").out())
                .contains(" snapkv:4x ", " won/lost/same ", "lossless ratio");
        for (var by : List.of("length", "depth", "protocol", "category")) {
            assertThat(Cli.good("show", path("all"), "--by", by).out()).contains(" full ", " snapkv:4x ");
        }
        Cli.run("show", path("all"), "--by", "taks").isUserError("did you mean 'task'?");
        Cli.run("show", path("none")).isUserError("holds no run");
    }

    @Test
    void theReportNamesTheCommandThatMakesTheSameRun() throws IOException {
        var page = Files.readString(folder.resolve("all/report.html"));
        int from = page.indexOf("id=\"data\">") + "id=\"data\">".length();
        var data = JsonMapper.shared().readTree(page.substring(from, page.indexOf("</script>", from)));
        var command = data.get("command").asString();
        assertThat(command).startsWith("hayloft bench --tasks mini-needle,mini-summarisation --methods full,");
        assertThat(data.get("info").get("commit").asString()).isNotBlank();

        var copy = Files.createDirectory(folder.resolve("copy"));
        for (var file : List.of("run.json", "records.jsonl")) {
            Files.copy(folder.resolve("all").resolve(file), copy.resolve(file));
        }
        var words = new ArrayList<>(List.of(command.split(" ")).subList(1, command.split(" ").length));
        words.addAll(List.of("--out", copy.toString()));
        var again = Cli.good(words.toArray(String[]::new)); // it would refuse another run, and answer what is missing
        assertThat(again.err()).contains("earlier starts have done 16 of them");
        assertThat(copy.resolve("records.jsonl")).hasSameTextualContentAs(folder.resolve("all/records.jsonl"));
    }

    @Test
    void showHasThePromptOfASample() {
        var records =
                json(Cli.good("sql", path("all"), "select sample, output from records limit 1", "--format", "json"));
        var name = records.get(0).get("sample").stringValue();
        var shown = Cli.good("show", path("all"), "--sample", name).out();
        assertThat(shown).contains("sample " + name + " of ", "right: ", "full: score ", "snapkv:4x: score ");
        assertThat(shown.length()).isGreaterThan(600);
        Cli.run("show", path("all"), "--sample", name + "x").isUserError("did you mean");
    }

    @Test
    void sqlAnswersInEveryFormat() {
        var query = "select method, count(*) as n from records group by all order by n, method";
        assertThat(Cli.good("sql", path("all"), query, "--format", "csv").out())
                .isEqualTo("method,n\nfull,16\nrandom:2x,16\nrandom:4x,16\nsnapkv:2x,16\nsnapkv:4x,16\n");
        assertThat(json(Cli.good("sql", path("all"), query, "--format", "json"))
                        .get(1)
                        .get("n")
                        .asInt())
                .isEqualTo(16);
        assertThat(Cli.good("sql", path("all"), query).out()).contains(" method ", " snapkv:2x ");
        var file = folder.resolve("query.parquet");
        Cli.good("sql", path("all"), "from records", "--format", "parquet", "--out", file.toString());
        assertThat(file).isNotEmptyFile();
        Cli.run("sql", path("all"), "select nothing from records").isUserError("nothing", "not found");
        Cli.run("sql", path("all"), "selec 1").isUserError("this query does not work");
    }

    @Test
    void runsAreListedAndReportsWrittenAgain() throws IOException {
        assertThat(Cli.good("runs", folder.toString()).out()).contains(path("all"), "hayloft-tiny", "finished");
        assertThat(json(Cli.good("runs", folder.toString(), "--format", "json")).size())
                .isGreaterThanOrEqualTo(4);
        assertThat(Cli.good("runs", path("nowhere")).out()).startsWith("no runs in ");
        Files.delete(folder.resolve("all/report.html"));
        assertThat(Cli.good("report", path("all")).out()).startsWith("report:  " + path("all"));
        assertThat(folder.resolve("all/report.html")).isNotEmptyFile();
    }

    @Test
    void quietBenchesPrintTheirResultAlone() {
        var again = Cli.good(bench("all", "--quiet", "--format", "csv"));
        assertThat(again.err()).isEmpty();
        assertThat(again.out().lines()).hasSize(1 + 5).first().asString().startsWith("method,");
    }

    @Test
    void partsMergeToTheUndividedRun() throws IOException {
        var merged = Cli.good("merge", path("merged"), path("part2"), path("part1"), path("part3"));
        assertThat(merged.out()).contains("merged 3 parts: 80 records");
        assertThat(outputs("merged")).isEqualTo(outputs("all"));
        assertThat(Cli.good("merge", path("some"), path("part1")).err()).contains("no part was given of 2/3, 3/3");
        var compared = json(Cli.good("compare", path("all"), path("merged"), "--json"));
        assertThat(compared).hasSize(5).allSatisfy(row -> {
            assertThat(row.propertyNames()).startsWith("method", "n", "difference", "low", "high", "verdict");
            assertThat(row.get("n").asInt()).isEqualTo(16);
            assertThat(row.get("difference").asDouble()).isZero();
        });
        Cli.run("merge", path("bad"), path("none")).isUserError("holds no run");
        Cli.run(bench("part1", "--shard", "5/3")).isUserError("part 5 of 3");
    }

    private static List<String> outputs(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("records.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .map(line -> line.get("key") + " " + line.get("output") + " " + line.get("score"))
                .toList();
    }

    @Test
    void comparisonsAreOfTheSameSamplesOnly() throws IOException {
        assertThat(Cli.good("compare", path("all"), path("part1"), path("part2"))
                        .out())
                .contains(path("part1") + " against " + path("all"), "cannot tell");
        Cli.run("compare", path("part1"), path("part2")).isUserError("no method and sample in common");
        Cli.run("compare", path("all"), path("part1"), "--margin", "0").isUserError("--margin must be above 0");
        var wide = json(Cli.good("compare", path("all"), path("part1"), "--json", "--margin", "99"));
        assertThat(wide).allSatisfy(row -> {
            assertThat(row.get("verdict").stringValue()).isEqualTo("keeps");
            assertThat(row.get("p").asDouble()).isEqualTo(1);
            assertThat(row.get("missing").asInt()).isEqualTo(16 - row.get("n").asInt());
        });
        var page = folder.resolve("c.html");
        Cli.good("compare", path("all"), path("part1"), "--html", page.toString());
        assertThat(page)
                .content()
                .contains("<h1>comparison with ", "snapkv:4x", "<circle cx=")
                .doesNotContain("{{");
        Cli.good(bench("seed2", "--seed", "2", "--quiet"));
        Cli.run("compare", path("all"), path("seed2")).isUserError("no method and sample in common");
    }

    @Test
    void theGateEndsWithItsDecision() throws IOException {
        var xml = folder.resolve("gate.xml");
        var open = Cli.run("gate", "--baseline", path("all"), "--candidate", path("part1"), "--junit", xml.toString());
        assertThat(open.code()).as(open.err()).isEqualTo(4);
        assertThat(open.out()).startsWith("gate: cannot tell").contains("\nsnapkv:4x: cannot tell: ");
        assertThat(xml).content().contains("<testsuite name=\"hayloft gate\" tests=\"3\"");

        worse(folder.resolve("all"), folder.resolve("worse"));
        var summary = folder.resolve("summary.md");
        var failed = Cli.run(
                "gate", "--baseline", path("all"), "--candidate", path("worse"), "--summary", summary.toString());
        assertThat(failed.code()).as(failed.err()).isEqualTo(3);
        assertThat(failed.out()).contains("\nfull: fails: ");
        assertThat(summary).content().startsWith("### gate: fails");
        assertThat(Cli.run(
                                "gate",
                                "--baseline",
                                path("all"),
                                "--candidate",
                                path("all"),
                                "--max-drop",
                                "99",
                                "--max-bytes",
                                "+5%")
                        .code())
                .isZero();
        Cli.run("gate", "--baseline", path("all"), "--candidate", path("all"), "--max-bytes", "5")
                .isUserError("--max-bytes must be a percentage such as +5%");
    }

    /** A copy of a run in which everything is wrong. */
    private static void worse(Path run, Path copy) throws IOException {
        Files.createDirectories(copy);
        Files.copy(run.resolve("run.json"), copy.resolve("run.json"));
        Files.writeString(
                copy.resolve("records.jsonl"),
                Files.readString(run.resolve("records.jsonl")).replaceAll("\"score\":[0-9.E-]+", "\"score\":0.0"));
    }

    @Test
    void theHistoryNamesChanges() throws IOException {
        var nightly = Files.createDirectories(folder.resolve("nightly"));
        for (int night = 1; night <= 2; night++) {
            var run = Files.createDirectories(nightly.resolve("night" + night));
            var info = Files.readString(folder.resolve("all/run.json"))
                    .replaceFirst("\"started\" : \"[^\"]+\"", "\"started\" : \"2026-01-0" + night + "T00:00:00Z\"");
            Files.writeString(run.resolve("run.json"), info);
            var records = Files.readString(folder.resolve("all/records.jsonl"));
            Files.writeString(
                    run.resolve("records.jsonl"),
                    night == 1 ? records : records.replaceAll("\"stored_bytes\":(\\d+)", "\"stored_bytes\":9$1"));
        }
        var rows = json(Cli.good("history", nightly.toString(), "--method", "full", "--format", "json"));
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get("change").stringValue()).isEmpty();
        assertThat(rows.get(1).get("change").stringValue()).startsWith("bytes x");
        var page = folder.resolve("history.html");
        var byCode = Cli.good(
                "history", nightly.toString(), "--method", "full", "--by", "code", "--json", "--html", page.toString());
        assertThat(json(byCode)).as("both nights ran the same program").hasSize(1);
        assertThat(page).content().contains("<h1>history of ", "<polyline points=", "stored bytes for each token");
        Cli.run("history", nightly.toString(), "--by", "dat").isUserError("did you mean 'date'?");
        Cli.run("history", path("nowhere")).isUserError("no runs with answers");
        Cli.run("history", nightly.toString(), "--method", "none").isUserError("method 'none'");
    }
}
