package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ChatChoice;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.endpoint.Api;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.testing.FakeServer;
import io.hayloft.testing.FakeServer.Answer;
import io.hayloft.testing.FakeServer.Request;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Rows of a server in the run of a model that thinks. */
class EndpointThoughtsTest {
    private static final int BUDGET = 40;

    @TempDir
    Path folder;

    /** A data set of chats. */
    private BenchSpec spec() throws Exception {
        var line = new JsonMapper()
                .writeValueAsString(Map.of(
                        "input", "Who?",
                        "context", "Ann did it.",
                        "answers", List.of("Ann"),
                        "length", 3,
                        "dataset", "qasper",
                        "language", "en",
                        "_id", "1"));
        Files.writeString(folder.resolve("qasper.jsonl"), line + "\n");
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .tasks(List.of("qasper"))
                .data(folder)
                .methods(List.of("full"))
                .truncation(false)
                .chat(new ChatChoice(Map.of(), null, BUDGET))
                .out(folder.resolve("run"))
                .build();
    }

    private static FakeRunner runner() {
        var runner = new FakeRunner(4000, true);
        runner.thinks = true;
        return runner;
    }

    private static RunFolder ask(BenchSpec spec, FakeServer server, Api api) {
        var limits = new Endpoint.Limits(Duration.ofSeconds(10), 2, Duration.ofMillis(5));
        var endpoint = Endpoint.of(server.url(), "model-1", "row", api, 1, limits);
        try (var run = EndpointRun.prepare(spec, endpoint, runner(), false)) {
            return run.run("", RunListener.NONE);
        }
    }

    private static BenchRecord row(RunFolder done) {
        return done.records().stream()
                .filter(record -> record.method().equals("row"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'<think>It was Ann.</think>\n\nAnn' | Ann   | It was Ann.",
                "'\n<think>so</think>Ann'          | Ann   | so",
                "'so it goes</think> Ann'          | Ann   | so it goes",
                "'<think>no end'                   | ''    | no end",
                "Ann                               | Ann   |",
            })
    void thoughtsArePartedFromTheAnswer(String text, String answer, String thoughts) throws Exception {
        var spec = spec();
        try (var run = BenchRun.prepare(spec, runner(), BenchRun.Start.PLAIN)) {
            run.run(RunListener.NONE);
        }
        try (var server = new FakeServer(request -> FakeServer.message(text.replace("\\n", "\n"), 9, 30))) {
            var record = row(ask(spec, server, Api.CHAT));
            assertThat(record.output()).isEqualTo(answer);
            assertThat(record.outcome().thoughts()).isEqualTo(thoughts);
            assertThat(record.score()).isEqualTo(answer.isEmpty() ? 0 : 1);
            assertThat(record.generatedTokens()).isEqualTo(30);
            assertThat(record.tokens().thinkingTokens())
                    .isEqualTo(thoughts == null ? 0 : thoughts.split(" ", -1).length);
            var body = new JsonMapper().readTree(server.requests().getFirst().body());
            assertThat(body.path("max_tokens").intValue()).isEqualTo(128 + BUDGET);
        }
    }

    @Test
    void aServerMayPartThemItself() throws Exception {
        for (var name : List.of("reasoning_content", "reasoning")) {
            var message = "{\"content\":\"Ann\",\"" + name + "\":\"It was Ann.\"}";
            Answer answer =
                    FakeServer.status(200, "{\"choices\":[{\"message\":" + message + ",\"finish_reason\":\"stop\"}]}");
            try (var server = new FakeServer((Request request) -> answer)) {
                var record = row(ask(spec(), server, Api.CHAT));
                assertThat(record.output()).isEqualTo("Ann");
                assertThat(record.outcome().thoughts()).isEqualTo("It was Ann.");
                assertThat(record.tokens().thinkingTokens()).isEqualTo(3);
                Files.delete(folder.resolve("run/records.jsonl"));
            }
        }
    }
}
