package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.FakeServer;
import io.hayloft.testing.FakeServer.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench --endpoint}: a server on loopback answers. */
class EndpointTest {
    @TempDir
    Path folder;

    private Path out() {
        return folder.resolve("run");
    }

    private String[] bench(String... more) {
        var all = new ArrayList<>(List.of("bench", "--tasks", "mini-needle", "--lengths", "512"));
        all.addAll(List.of("--out", out().toString()));
        if (!List.of(more).contains("--samples")) {
            all.addAll(List.of("--samples", "2"));
        }
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private String[] ask(FakeServer server, String... more) {
        var all = new ArrayList<>(List.of("--endpoint", server.url(), "--api-model", "llama3:8b"));
        all.addAll(List.of(more));
        return bench(all.toArray(String[]::new));
    }

    private static FakeServer serving() {
        return new FakeServer(request -> FakeServer.completion("harbour 17", 600, 3));
    }

    @Test
    void aServerIsAFurtherRowOfTableReportAndRecordsWithoutSizes() throws IOException {
        try (var server = serving()) {
            Cli.good(bench("--methods", "full"));
            var run = Cli.good(ask(server, "--label", "vllm-fp8kv"));

            assertThat(run.err())
                    .contains("plan: 2 samples for llama3:8b at " + server.url() + ", as row vllm-fp8kv")
                    .contains("note: lengths count tokens of hayloft-tiny");
            assertThat(run.out()).contains("full", "random:4x", "The server vllm-fp8kv scores");
            var row = run.out()
                    .lines()
                    .filter(line -> line.startsWith(" vllm-fp8kv"))
                    .findFirst();
            assertThat(row)
                    .get()
                    .asString()
                    .matches(" vllm-fp8kv +\\| +[0-2]/2 \\| [^|]+ \\| +- \\| +- \\| +- \\| +- \\| +- *");
            assertThat(run.out()).contains("warning: vllm-fp8kv counts other tokens than full in 2 of 2 prompts");
            assertThat(server.requests()).hasSize(2).extracting(Request::path).containsOnly("/v1/completions");

            var records = Files.readAllLines(out().resolve("records.jsonl"));
            var record = new JsonMapper().readTree(records.getLast());
            assertThat(record.get("method").stringValue()).isEqualTo("vllm-fp8kv");
            assertThat(record.get("prompt_tokens").intValue()).isEqualTo(600);
            assertThat(record.get("generated_tokens").intValue()).isEqualTo(3);
            for (var name : List.of(
                    "stored_bytes",
                    "read_bytes",
                    "full_cache_bytes",
                    "achieved_ratio",
                    "requested_ratio",
                    "prefill_seconds",
                    "compress_seconds",
                    "decode_seconds",
                    "decode_steps",
                    "batch_rows")) {
                assertThat(record.has(name)).as(name).isTrue();
                assertThat(record.get(name).isNull()).as(name).isTrue();
            }
            assertThat(out().resolve("report.html"))
                    .content()
                    .contains("\"name\":\"vllm-fp8kv\"", "\"endpoints\":{\"vllm-fp8kv\":\"llama3:8b (--api auto)\"}");
        }
    }

    @Test
    void theSameCommandAsksNothingTwiceAndARowIsNamedAfterTheModel() {
        try (var server = serving()) {
            Cli.good(ask(server));
            var again = Cli.good(ask(server));

            assertThat(server.requests()).hasSize(2);
            assertThat(again.err()).contains("earlier starts have done 2 of them");
            assertThat(again.out()).contains("llama3:8b", "no full-cache row");
            var grown = Cli.good(ask(server, "--samples", "3"));
            assertThat(server.requests()).hasSize(3);
            assertThat(grown.out()).doesNotContain("instrument for cache methods");
        }
    }

    @Test
    void rescoreAndTheReportTakeAServersRow() {
        try (var server = serving()) {
            Cli.good(ask(server));
            Cli.good("rescore", out().toString());
        }
    }

    @Test
    void whereNobodyListensOneLineSaysSo() {
        var server = serving();
        server.close();
        var run = Cli.run(ask(server));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("hayloft: cannot reach " + server.url());
        assertThat(run.out()).isEmpty();
    }

    @Test
    void troubleOfTheServerIsOneLineOfTheRun() {
        try (var server = new FakeServer(request -> FakeServer.status(400, "{\"error\":\"prompt too long\"}"))) {
            var run = Cli.run(ask(server));
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .contains("hayloft: no sample could be answered: 2 samples failed, such as ")
                    .contains("the server answered 400 (prompt too long). --retry-failed tries again")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void optionsThatContradictAreRefused() {
        try (var server = serving()) {
            Cli.run("bench", "--api-model", "m").isUserError("--endpoint");
            Cli.run("bench", "--label", "m").isUserError("--endpoint");
            Cli.run("bench", "--concurrency", "2").isUserError("--endpoint");
            Cli.run("bench", "--endpoint", server.url()).isUserError("--api-model");
            Cli.run("bench", "--endpoint", "localhost", "--api-model", "m").isUserError("is not a web address");
            Cli.run(ask(server, "--api", "chats")).isUserError("unknown --api 'chats'", "'chat'");
            Cli.run(ask(server, "--timeout", "0")).isUserError("--timeout");
            Cli.run(ask(server, "--methods", "full")).isUserError("--methods");
            Cli.run(ask(server, "--label", "snapkv:4x")).isUserError("is the name of a method");
            Cli.run(ask(server, "--limit-tokens", "100")).isUserError("--model");
            assertThat(server.requests()).isEmpty();
        }
    }

    /** Long prompts of a data file reach the server uncut and unchanged where no tokenizer says how long they are. */
    @Test
    void withoutATokenizerPromptsAreNotCut() throws IOException {
        var data = Files.createDirectory(folder.resolve("data"));
        var context = "The lighthouse keeper counted boats. ".repeat(400);
        Files.writeString(
                data.resolve("trec.jsonl"),
                "{\"input\":\"Question: Who?\\nType:\",\"context\":\"" + context + "\",\"answers\":[\"Individual\"],"
                        + "\"length\":2000,\"dataset\":\"trec\",\"language\":\"en\",\"all_classes\":[\"Individual\"],"
                        + "\"_id\":\"1\"}\n");
        try (var server = serving()) {
            Cli.good(
                    "bench",
                    "--tasks",
                    "trec",
                    "--data",
                    data.toString(),
                    "--out",
                    out().toString(),
                    "--endpoint",
                    server.url(),
                    "--api-model",
                    "m");
            assertThat(server.requests().getFirst().body()).contains(context.strip());
        }
    }
}
