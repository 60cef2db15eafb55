package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.fidelity.FidelityFile;
import io.hayloft.bench.fidelity.MethodFidelity;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.Json;
import io.hayloft.bench.record.PredictedFile;
import io.hayloft.bench.record.PromptFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Grouping;
import io.hayloft.report.stats.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    @TempDir
    Path folder;

    private String page(List<BenchRecord> records) throws IOException {
        return Files.readString(Report.write(FakeRecords.run(folder, records)));
    }

    private static JsonNode data(String page) {
        var start = "<script type=\"application/json\" id=\"data\">";
        int from = page.indexOf(start) + start.length();
        return new JsonMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
    }

    @Test
    void holdsEveryMethodAndSampleInOneFileOfSaneSize() throws IOException {
        var page = page(FakeRecords.mini(10, 7));
        assertThat(page.length()).isLessThan(3_000_000);
        var data = data(page);
        assertThat(data.get("methods").size()).isEqualTo(FakeRecords.METHODS.size());
        assertThat(data.get("samples").size()).isEqualTo(140);
        assertThat(data.get("needle").get("lengths").size()).isEqualTo(2);
        assertThat(data.get("samples").get(0).get("outputs").size()).isEqualTo(15);
        assertThat(data.get("info").get("model").get("embedded").booleanValue()).isTrue();
        assertThat(data.get("paired").get("rows").size()).isEqualTo(FakeRecords.METHODS.size() - 1);
        assertThat(data.get("details").toString()).contains("snapkv: lossless ratio ", " points for each doubling");
        assertThat(page).contains("An instrument, not a language model");
        // nothing is fetched: no source, no style sheet, no import from elsewhere
        assertThat(page).doesNotContain("<script src", "<link", "@import", "{{");
        // the chart library cannot measure text in an inherited font, and legends would overlap
        assertThat(page).doesNotContain("fontFamily: \"inherit\"");
    }

    @Test
    void hostileTextsStayText() throws IOException {
        var hostile = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> & \u2028 {{data}}";
        var records = new ArrayList<BenchRecord>();
        records.add(FakeRecords.record("full", 0, 0, 1024, 1, hostile));
        records.add(FakeRecords.record("random:2x", 0, 0, 1024, 0, "fine"));
        var page = page(records);
        assertThat(page).doesNotContain("<script>alert", "<img src=x", "<!--").doesNotContain("\u2028");
        assertThat(page.split("</script>", -1)).hasSize(4);
        assertThat(data(page)
                        .get("samples")
                        .get(0)
                        .get("outputs")
                        .get(0)
                        .get("text")
                        .stringValue())
                .isEqualTo(hostile);
        assertThat(Report.escapeHtml("<a href=\"x\">&")).isEqualTo("&lt;a href=&quot;x&quot;&gt;&amp;");
    }

    @Test
    void worksWithOneCategoryOneMethodOrNothing() throws IOException {
        assertThat(data(page(FakeRecords.mini(2, 1))).get("needle").isNull()).isTrue();
        var alone = List.of(FakeRecords.record("full", 0, 0, 1024, 1, "x"));
        assertThat(data(page(alone)).get("headline").get(0).stringValue())
                .isEqualTo("The full cache scores 1.00; no other method has run.");
        assertThat(data(page(List.of())).get("methods").size()).isZero();
    }

    @Test
    void longRunsShowTheirFirstSamplesOnly() throws IOException {
        var text = "x".repeat(100_000);
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < 40; i++) {
            records.add(FakeRecords.record("full", 2, i, 1024, 0.5, text));
        }
        var data = data(page(records));
        assertThat(data.get("samples_all").intValue()).isEqualTo(40);
        assertThat(data.get("samples_shown").intValue()).isBetween(10, 15);
    }

    /** 2,000 records of 500 prompts, each longer than a page shows. */
    @Test
    void promptsAreShownAsFarAsThePageHasRoom() {
        var records = new ArrayList<BenchRecord>();
        try (var prompts = PromptFile.open(folder)) {
            for (int i = 0; i < 500; i++) {
                for (var method : List.of("full", "random:2x", "snapkv:2x", "snapkv:4x")) {
                    records.add(FakeRecords.record(method, 0, i, 1024, 1, "x".repeat(300)));
                }
                prompts.add(new PromptFile.Line(
                        records.getLast().promptSha256(), "begin" + "p".repeat(8990) + "end" + i % 10));
            }
        }
        var page = Report.html(FakeRecords.run(folder, records));
        assertThat(page.length()).isLessThan(5_000_000);
        var samples = data(page).get("samples");
        assertThat(samples.get(0).get("prompt").stringValue())
                .startsWith("begin")
                .endsWith("end0")
                .contains("[... 4999 characters ...]");
        assertThat(samples.get(200).get("prompt").isString()).isTrue();
        assertThat(samples.get(samples.size() - 1).path("prompt").isString()).isFalse();
    }

    @Test
    void theFirstSentenceIsTheTitleOfThePageAndWarningsAreOpen() {
        var page = Report.html(FakeRecords.run(folder, FakeRecords.mini(20, 7)));
        assertThat(page).contains("<h1 id=\"headline\">").contains("<aside id=\"warnings\"");
        assertThat(data(page).get("headline").get(0).stringValue()).startsWith("This run cannot tell");
    }

    @Test
    void aComparisonInTheFolderIsASection() {
        assertThat(data(Report.html(FakeRecords.run(folder, FakeRecords.mini(2, 1))))
                        .get("fidelity")
                        .isNull())
                .isTrue();
        var row = new MethodFidelity(
                "kivi:2bit",
                9,
                12.5,
                0.5,
                new MethodFidelity.Divergence(0.25, 0.125, 1, 2),
                0.75,
                new MethodFidelity.Shift(-0.5, 0, 0.25),
                3,
                1000,
                4,
                List.of(new MethodFidelity.Part(0, 9, 0.25, 0.75)));
        var comparison = new FidelityFile("hash", "12 tokens of </script>", "f16", List.of(row));
        comparison.write(folder);
        assertThat(FidelityFile.read(folder)).isEqualTo(comparison);
        var page = Report.html(FakeRecords.run(folder, FakeRecords.mini(2, 1)));
        var found = data(page).get("fidelity");
        assertThat(found.get("source").stringValue()).isEqualTo("12 tokens of </script>");
        assertThat(found.get("methods")
                        .get(0)
                        .get("divergence")
                        .get("percent99")
                        .doubleValue())
                .isEqualTo(1);
        assertThat(page).contains("id=\"fidelity-table\"").doesNotContain("12 tokens of </script>");
    }

    /** Earlier versions wrote how known tokens were read. */
    @Test
    void aComparisonOfAnEarlierVersionCanBeRead() throws IOException {
        var file = folder.resolve("fidelity.json");
        Files.writeString(file, """
            {"model_hash":"hash","source":"a text","cache_type":"f16","exact":false,"methods":[]}\
            """);
        assertThat(FidelityFile.read(folder)).isEqualTo(new FidelityFile("hash", "a text", "f16", List.of()));
        Files.writeString(file, "{\"exact\":true}");
        assertThatThrownBy(() -> FidelityFile.read(folder)).hasMessage(file + " is damaged ('model_hash' is missing)");
        Files.writeString(file, "{\"methods\":\"none\"}");
        assertThatThrownBy(() -> FidelityFile.read(folder)).hasMessageStartingWith(file + " is damaged (");
        Files.writeString(file, "{\"model_hash\":{}}");
        assertThatThrownBy(() -> FidelityFile.read(folder))
                .hasMessage(file + " is damaged (a value is of the wrong kind)");
    }

    @Test
    void whatWasPredictedIsBesideWhatWasMeasured() throws IOException {
        assertThat(data(page(FakeRecords.mini(1, 1))).get("predicted").isNull()).isTrue();
        var run = FakeRecords.run(folder, FakeRecords.mini(1, 1));
        var row = new PredictedFile.Row("full", 1000, 500, 4_000_000, 0.25, 8, 15);
        PredictedFile.add(run.path(), new PredictedFile(List.of(row)));

        var predicted =
                data(Files.readString(Report.write(run))).get("predicted").get(0);

        assertThat(predicted.get("method").stringValue()).isEqualTo("full");
        assertThat(predicted.get("bytes_per_token").doubleValue()).isEqualTo(4000);
        assertThat(predicted.get("prefill_rate").doubleValue()).isEqualTo(2000);
        assertThat(predicted.get("decode_ms_per_token").doubleValue()).isEqualTo(8);
    }

    /** Ten depths, none of them on a step, are five rows; those of a grid are a row each. */
    @Test
    void rowsOfTheNeedleMapNameTheDepthsThatTheyHold() throws IOException {
        var needle = 6;
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < 10; i++) {
            records.add(FakeRecords.at(FakeRecords.record("full", needle, i, 1024, 1, "x"), 0.05 + 0.1 * i));
        }
        var drawn = data(page(records)).get("needle");
        assertThat(drawn.get("depths"))
                .extracting(JsonNode::stringValue)
                .containsExactly("0–12.5 %", "12.5–37.5 %", "37.5–62.5 %", "62.5–87.5 %", "87.5–100 %");
        assertThat(drawn.get("counts").toString()).isEqualTo("[[[1],[3],[2],[3],[1]]]");

        assertThat(data(page(FakeRecords.mini(5, 7))).get("needle").get("depths"))
                .extracting(JsonNode::stringValue)
                .containsExactly("0 %", "25 %", "50 %", "75 %", "100 %");
    }

    @Test
    void failedAnswersAreTheFirstWarning() {
        var run = FakeRecords.run(folder, FakeRecords.mini(5, 7));
        var failed = new FailedRecord(run.records().getFirst().subject(), "key", "machine", "no memory");
        var page = Report.html(new RunFolder(folder, run.info(), run.records(), List.of(failed), List.of()));
        assertThat(data(page).get("warnings").get(0).stringValue())
                .isEqualTo("1 answer failed, left out of all means, such as full on 1024-0: no memory");
    }

    @Test
    void rowsHoldIntervalsCountsAndVerdicts() {
        var methods = data(Report.html(FakeRecords.run(folder, FakeRecords.mini(20, 7))))
                .get("methods");
        assertThat(methods.get(0).get("verdict").isNull()).isTrue(); // the full cache is what others are compared with
        assertThat(methods.get(14).get("name").stringValue()).isEqualTo("snapkv:8x");
        assertThat(methods.get(14).get("verdict").stringValue()).isEqualTo("loses");
        var score = methods.get(0).get("scores").get(0);
        assertThat(score.get("right").intValue()).isEqualTo(40);
        assertThat(score.get("low").doubleValue()).isBetween(0.9, 0.95); // Wilson's of 40 of 40
    }

    @Test
    void tablesShowWhatStepsReadWhereItIsLessThanWhatIsStored() {
        var record = FakeRecords.record("infllm:4x", 0, 0, 1024, 1, "x");
        var more =
                FakeRecords.with(record, record.promptTokens(), record.compressAfter(), record.readBytes() * 4, 0, 4);
        var table = Statistics.summary(List.of(more));
        assertThat(SummaryExport.shown(table, true, Map.of()).text(TableFormat.MD))
                .contains("| read/step and token |")
                .contains("| 1.0× |");
        assertThat(SummaryExport.shown(table, true, Map.of()).text(TableFormat.LATEX))
                .contains("read/step and token");
        var one = Statistics.summary(List.of(
                FakeRecords.record("full", 0, 0, 1024, 1, "x"), FakeRecords.record("h2o:2x", 0, 0, 1024, 1, "x")));
        assertThat(SummaryExport.shown(one, true, Map.of()).text(TableFormat.MD))
                .contains("+0.00 (no interval)", "| 1/1 |")
                .doesNotContain("read/step");
    }

    @Test
    void anUnwritableFolderIsAUserError() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> Report.write(FakeRecords.run(file, List.of())))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot write");
    }

    private RunFolder runOnDisk() throws IOException {
        var run = FakeRecords.run(folder, FakeRecords.mini(2, 7));
        var lines = new StringBuilder();
        run.records().forEach(record -> lines.append(FakeRecords.line(record)).append('\n'));
        Files.writeString(folder.resolve("records.jsonl"), lines + "{\"torn");
        return run;
    }

    @Test
    void queriesAnswerFromTheRecords() throws IOException {
        var run = runOnDisk();
        Files.writeString(folder.resolve("run.json"), Json.line(run.info()));
        var all = RunQuery.select(folder, "SELECT * FROM records");
        assertThat(all.rows()).hasSameSizeAs(run.records());
        assertThat(all.columns())
                .contains("score", "facets", "requested_ratio", "stored_bytes", "decode_steps", "compress_after");
        var means = RunQuery.select(
                folder, "SELECT method, count(*) AS n, avg(score) AS score FROM records GROUP BY ALL ORDER BY method");
        assertThat(means.columns()).containsExactly("method", "n", "score");
        assertThat(means.rows()).hasSameSizeAs(FakeRecords.METHODS);
        var expected = run.records().stream()
                .filter(record -> record.method().equals("full"))
                .mapToDouble(record -> record.score())
                .average()
                .orElseThrow();
        assertThat(means.rows().getFirst()).containsExactly("full", 28L, expected);
        var file = folder.resolve("all.parquet");
        assertThat(Files.readAllBytes(RunQuery.copy(folder, "FROM records;", file)))
                .startsWith('P', 'A', 'R', '1');
        assertThatThrownBy(() -> RunQuery.select(folder, "SELECT scores FROM records"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("scores");
        assertThatThrownBy(() -> RunQuery.select(folder.resolve("none"), "SELECT 1"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("holds no run");
    }

    @Test
    void theSummaryComesInEveryFormat() throws IOException {
        var run = runOnDisk();
        var markdown = SummaryExport.of(run, Grouping.CATEGORY, TableFormat.MD).text(TableFormat.MD);
        assertThat(markdown)
                .startsWith("| method | single-document QA |")
                .contains("| compress s |", "\n| snapkv:4x | ");
        assertThat(SummaryExport.of(run, Grouping.METHOD, TableFormat.MD).columns())
                .startsWith("method", "mean [95 %]");
        assertThat(SummaryExport.of(run, Grouping.LENGTH, TableFormat.MD).columns())
                .startsWith("method", "1024", "2048");
        assertThat(SummaryExport.of(run, Grouping.CATEGORY, TableFormat.LATEX).text(TableFormat.LATEX))
                .contains("\\toprule", "mean [95 \\%]", "$\\times$");
        var values = SummaryExport.of(run, Grouping.CATEGORY, TableFormat.CSV);
        assertThat(values.rows()).hasSameSizeAs(FakeRecords.METHODS);
        assertThat(values.columns())
                .startsWith("method", "n", "score")
                .contains("needle", "difference", "low", "high", "verdict", "wins", "truncated", "failed");
        assertThat(values.text(TableFormat.CSV).lines()).hasSize(1 + FakeRecords.METHODS.size());
        assertThat(JsonMapper.shared().readTree(values.text(TableFormat.JSON)))
                .hasSameSizeAs(FakeRecords.METHODS)
                .first()
                .satisfies(full -> assertThat(full.get("method").stringValue()).isEqualTo("full"));
        assertThat(Files.readAllBytes(values.writeParquet(folder.resolve("summary.parquet"))))
                .startsWith('P', 'A', 'R', '1');
        assertThatThrownBy(() -> TableFormat.parse("parket"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did you mean 'parquet'?");
    }

    @Test
    void textsAreQuotedAsTheirFormatsWant() {
        var table = new ResultTable(List.of("a,b", "c_d"), List.of(List.of("say \"x\"", 1.5)));
        assertThat(table.text(TableFormat.CSV)).isEqualTo("\"a,b\",c_d\n\"say \"\"x\"\"\",1.5\n");
        assertThat(table.text(TableFormat.LATEX)).contains("c\\_d", "{lr}");
        assertThat(table.text(TableFormat.JSON)).isEqualTo("[{\"a,b\":\"say \\\"x\\\"\",\"c_d\":1.5}]\n");
    }

    /** What is not known of a server is a dash in tables and null in the data, and does not touch the other rows. */
    @Test
    void aServersRowHasScoresButNoSizesOrTimes() throws IOException {
        var records = FakeRecords.mini(5, 2);
        var alone = Statistics.summary(records);
        records.stream()
                .filter(record -> record.method().equals("snapkv:2x"))
                .map(record -> FakeRecords.ofServer(record, 9999))
                .toList()
                .forEach(record -> records.add(FakeRecords.named(record, "vllm-fp8kv")));
        var table = Statistics.summary(records);
        assertThat(table.rows().subList(0, alone.rows().size())).isEqualTo(alone.rows());

        var page = page(records);
        var row = data(page).get("methods").get(alone.rows().size());
        assertThat(row.get("name").stringValue()).isEqualTo("vllm-fp8kv");
        assertThat(row.get("mean").get("count").intValue()).isEqualTo(20);
        assertThat(row.get("difference").get(0).isNumber()).isTrue();
        for (var name : List.of(
                "requested_ratio",
                "achieved_ratio",
                "bytes_per_token",
                "read_bytes_per_token",
                "compress_seconds",
                "prefill_rate",
                "decode_rate",
                "decode_batch",
                "verdict")) {
            assertThat(row.get(name).isNull()).as(name).isTrue();
        }
        assertThat(row.get("front").booleanValue()).isFalse();
        var line = SummaryExport.shown(table, true, Map.of())
                .text(TableFormat.MD)
                .lines()
                .toList()
                .getLast();
        assertThat(line).startsWith("| vllm-fp8kv |").endsWith("| - | - | - | - | - |");
        assertThat(page)
                .contains("vllm-fp8kv counts other tokens than full in 20 of 20 prompts, such as 9999 instead of");
    }
}
