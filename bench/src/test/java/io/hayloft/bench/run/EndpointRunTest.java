package io.hayloft.bench.run;

import static io.hayloft.testing.FakeServer.completion;
import static io.hayloft.testing.FakeServer.message;
import static io.hayloft.testing.FakeServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.endpoint.Api;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.endpoint.Endpoint.Limits;
import io.hayloft.bench.plan.Progress;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.testing.FakeServer;
import io.hayloft.testing.FakeServer.Answer;
import io.hayloft.testing.FakeServer.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class EndpointRunTest {
    @TempDir
    Path folder;

    private static Answer right(Request request) {
        return completion("an answer", 131, 2);
    }

    private BenchSpecBuilder spec() {
        return BenchSpec.builder(new ModelChoice("fake model", Path.of("none"), false))
                .tasks(List.of("mini-needle", "mini-code"))
                .lengths(List.of(128, 256))
                .samples(3)
                .out(folder);
    }

    private static Endpoint endpoint(FakeServer server, String label, Api api, int concurrency) {
        var limits = new Limits(Duration.ofSeconds(10), 2, Duration.ofMillis(5));
        return Endpoint.of(server.url(), "model-1", label, api, concurrency, limits);
    }

    private static RunFolder run(BenchSpec spec, Endpoint endpoint, RunListener listener) {
        return run(spec, endpoint, new FakeRunner(1000, true), false, listener);
    }

    private static RunFolder run(
            BenchSpec spec, Endpoint endpoint, FakeRunner runner, boolean retryFailed, RunListener listener) {
        try (var run = EndpointRun.prepare(spec, endpoint, runner, retryFailed)) {
            return run.run("sk-secret", listener);
        }
    }

    private static List<String> prompts(FakeServer server) {
        var mapper = new JsonMapper();
        return server.requests().stream()
                .map(request -> mapper.readTree(request.body()).path("prompt").stringValue())
                .toList();
    }

    @Test
    void everySampleIsAskedOnceAndScored() {
        try (var server = new FakeServer(EndpointRunTest::right)) {
            var runner = new FakeRunner(1000, true);
            var done =
                    run(spec().build(), endpoint(server, "vllm-fp8kv", Api.AUTO, 3), runner, false, RunListener.NONE);

            assertThat(prompts(server)).hasSize(12).doesNotHaveDuplicates();
            assertThat(server.requests()).extracting(Request::authorization).containsOnly("Bearer sk-secret");
            assertThat(server.mostAtOnce()).isLessThanOrEqualTo(3);
            assertThat(runner.calls).isEmpty();
            assertThat(done.info().finished()).isNotNull();
            assertThat(RunFolder.read(folder).records())
                    .isEqualTo(done.records())
                    .hasSize(12);
            assertThat(done.records()).extracting(BenchRecord::key).doesNotHaveDuplicates();
            assertThat(done.records()).allSatisfy(record -> {
                assertThat(record.method()).isEqualTo("vllm-fp8kv");
                assertThat(record.output()).isEqualTo("an answer");
                assertThat(record.stopReason()).isEqualTo("eos");
                assertThat(record.promptTokens()).isEqualTo(131);
                assertThat(record.generatedTokens()).isEqualTo(2);
                assertThat(record.isMeasured()).isFalse();
            });
        }
    }

    /** The second prompt has the first reply in place of the text. */
    @Test
    void aSampleOfTwoCallsIsAskedTwice() throws IOException {
        Files.writeString(
                folder.resolve("longbench-v2.jsonl"),
                "{\"_id\":\"a\",\"question\":\"Which?\",\"choice_A\":\"one\",\"choice_B\":\"two\",\"choice_C\":\"three\",\"choice_D\":\"four\",\"answer\":\"B\",\"context\":\"The"
                    + " long text.\",\"difficulty\":\"easy\",\"length\":\"short\"}");
        try (var server = new FakeServer(request -> request.body().contains("The long text.")
                ? message(" It is the second. ", 90, 5)
                : message("The correct answer is (B).", 60, 7))) {
            var spec = spec().tasks(List.of("longbench-v2-cot")).data(folder).build();
            var done = run(
                    spec, endpoint(server, "row", Api.AUTO, 1), new FakeRunner(4000, true), false, RunListener.NONE);

            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().getLast().body())
                    .contains("think step by step: It is the second.", "The text is too long and omitted here.")
                    .contains("\"max_tokens\":128");
            assertThat(done.records()).singleElement().satisfies(record -> {
                assertThat(record.score()).isEqualTo(1);
                assertThat(record.output()).isEqualTo("The correct answer is (B).");
                assertThat(record.outcome().thoughts()).isEqualTo(" It is the second. ");
                assertThat(record.promptTokens()).isEqualTo(90);
                assertThat(record.generatedTokens()).isEqualTo(12);
            });
        }
    }

    @Test
    void questionsGoOutTogetherButNoMoreThanAllowed() {
        var four = new CountDownLatch(4);
        try (var server = new FakeServer(request -> {
            four.countDown();
            try {
                return four.await(20, TimeUnit.SECONDS) ? right(request) : new FakeServer.Drop();
            } catch (InterruptedException e) {
                return new FakeServer.Drop();
            }
        })) {
            run(spec().build(), endpoint(server, "row", Api.AUTO, 4), RunListener.NONE);

            assertThat(server.mostAtOnce()).isEqualTo(4);
        }
    }

    @Test
    void aSlowAnswerDoesNotHoldTheOthersBack() {
        var first = new AtomicInteger();
        try (var server =
                new FakeServer(request -> first.getAndIncrement() == 0 ? new FakeServer.Hang() : right(request))) {
            var limits = new Limits(Duration.ofSeconds(3), 0, Duration.ofMillis(5));
            var endpoint = Endpoint.of(server.url(), "model-1", "row", Api.AUTO, 2, limits);
            var order = new ArrayList<String>();
            var done = run(spec().build(), endpoint, new RunListener() {
                @Override
                public void note(String line) {
                    order.add(line);
                }

                @Override
                public void sampleDone(Progress at) {
                    order.add(String.valueOf(at.samplesDone()));
                }
            });

            assertThat(done.records()).hasSize(11);
            assertThat(done.failures())
                    .extracting(FailedRecord::error)
                    .containsExactly("no answer within 3 seconds (--timeout)");
            assertThat(order).hasSize(13).endsWith("12");
            assertThat(order.get(11)).contains("failed: no answer within 3 seconds");
        }
    }

    /** The kill of a process between two samples: each is asked once over both starts, but for those on their way. */
    @Test
    void aKilledRunGoesOnWithWhatIsMissing() {
        try (var server = new FakeServer(EndpointRunTest::right)) {
            var endpoint = endpoint(server, "row", Api.AUTO, 1);
            var spec = spec().build();
            assertThatThrownBy(() -> run(spec, endpoint, new RunListener() {
                        @Override
                        public void sampleDone(Progress at) {
                            if (at.samplesDone() == 5) {
                                throw new FakeRunner.Killed();
                            }
                        }
                    }))
                    .hasMessage("killed");
            assertThat(RunFolder.read(folder).records()).hasSize(5);
            assertThat(server.requests()).hasSize(5);

            var started = new ArrayList<Integer>();
            var done = run(spec, endpoint, new RunListener() {
                @Override
                public void started(Progress at) {
                    started.add(at.samplesDone());
                }
            });

            assertThat(started).containsExactly(5);
            assertThat(prompts(server)).hasSize(12).doesNotHaveDuplicates();
            assertThat(done.records()).hasSize(12).extracting(BenchRecord::key).doesNotHaveDuplicates();
            run(spec, endpoint, RunListener.NONE);
            assertThat(server.requests()).hasSize(12);
        }
    }

    @Test
    void aRowOfAServerStandsBesideThoseOfMethodsInEitherOrder() {
        try (var server = new FakeServer(EndpointRunTest::right)) {
            for (boolean serverFirst : new boolean[] {true, false}) {
                var spec = spec().methods(List.of("full"))
                        .truncation(false)
                        .samples(1)
                        .out(folder.resolve("first " + serverFirst))
                        .build();
                if (serverFirst) {
                    run(spec, endpoint(server, "row", Api.AUTO, 1), RunListener.NONE);
                }
                try (var run = BenchRun.prepare(spec, new FakeRunner(1000, true), BenchRun.Start.PLAIN)) {
                    run.run(RunListener.NONE);
                }
                if (!serverFirst) {
                    run(spec, endpoint(server, "row", Api.AUTO, 1), RunListener.NONE);
                }
                var done = run(spec, endpoint(server, "other", Api.AUTO, 1), RunListener.NONE);

                assertThat(done.records())
                        .extracting(BenchRecord::method)
                        .contains("full", "row", "other")
                        .hasSize(16);
                assertThat(String.valueOf(done.info().settings().get("methods")))
                        .contains("full", "row", "other");
                assertThat(done.info().settings().get("endpoints"))
                        .hasToString("{row=model-1 (--api auto), other=model-1 (--api auto)}");
                assertThat(done.info().model().weightBytes()).isEqualTo(1000);
                assertThat(done.records().stream()
                                .filter(record -> record.method().equals("full")))
                        .allMatch(BenchRecord::isMeasured)
                        .extracting(BenchRecord::promptSha256)
                        .containsAll(done.records().stream()
                                .filter(record -> record.method().equals("row"))
                                .map(BenchRecord::promptSha256)
                                .toList());
            }
        }
    }

    @Test
    void aLabelIsOfOneModelAskedInOneWay() {
        try (var server = new FakeServer(EndpointRunTest::right)) {
            run(spec().build(), endpoint(server, "row", Api.AUTO, 1), RunListener.NONE);

            assertThatThrownBy(() -> run(spec().build(), endpoint(server, "row", Api.COMPLETIONS, 1), RunListener.NONE))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("the server behind row ran model-1 (--api auto)")
                    .hasMessageContaining("--label");
        }
    }

    @Test
    void aSampleWithoutAnAnswerFailsAndCanBeTriedAgain() {
        var broken = new AtomicInteger(1);
        try (var server = new FakeServer(
                request -> broken.get() == 1 && request.body().contains("max_tokens") && broken.getAndIncrement() == 1
                        ? status(400, "{\"error\":\"too long\"}")
                        : right(request))) {
            var endpoint = endpoint(server, "row", Api.AUTO, 1);
            var notes = new ArrayList<String>();
            var done = run(spec().build(), endpoint, new RunListener() {
                @Override
                public void note(String line) {
                    notes.add(line);
                }
            });
            assertThat(done.records()).hasSize(11);
            assertThat(done.failures())
                    .extracting(FailedRecord::error)
                    .containsExactly("the server answered 400 (too long)");
            assertThat(notes).hasSize(1).first().asString().endsWith("failed: the server answered 400 (too long)");

            run(spec().build(), endpoint, RunListener.NONE);
            assertThat(server.requests()).hasSize(12);
            var again = run(spec().build(), endpoint, new FakeRunner(1000, true), true, RunListener.NONE);
            assertThat(server.requests()).hasSize(13);
            assertThat(again.records()).hasSize(12);
            assertThat(again.failures()).isEmpty();
        }
    }

    @Test
    void aServerThatAnswersNothingEndsTheRunInsteadOfFailingAllSamples() {
        try (var server = new FakeServer(request -> status(200, "<html>"))) {
            assertThatThrownBy(() ->
                            run(spec().samples(10).build(), endpoint(server, "row", Api.AUTO, 2), RunListener.NONE))
                    .isInstanceOf(UserError.class)
                    .hasMessage(
                            "8 samples in a row got no answer, the last one because the server's answer is not JSON."
                                    + " When the server is well again, the same command with --retry-failed goes on");
            assertThat(RunFolder.read(folder).failures()).hasSize(8);
            assertThat(server.requests().size()).isLessThanOrEqualTo(10);
        }
    }

    @Test
    void theKeyIsNowhereInTheFolder() throws IOException {
        try (var server = new FakeServer(request -> status(400, "{\"error\":{\"message\":\"bad key sk-secret\"}}"))) {
            assertThatThrownBy(() -> run(spec().build(), endpoint(server, "row", Api.AUTO, 1), RunListener.NONE))
                    .hasMessageContaining("bad key ***");
            try (var files = Files.list(folder)) {
                for (var file : files.toList()) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .doesNotContain("sk-secret");
                }
            }
        }
    }

    @Test
    void countsThatTheServerDoesNotGiveAreThoseOfTheTokenizer() {
        try (var server = new FakeServer(request ->
                status(200, "{\"choices\":[{\"text\":\"three words here\",\"finish_reason\":\"length\"}]}"))) {
            var done = run(spec().samples(1).build(), endpoint(server, "row", Api.AUTO, 1), RunListener.NONE);

            assertThat(done.records()).allSatisfy(record -> {
                assertThat(record.generatedTokens()).isEqualTo(3);
                assertThat(record.stopReason()).isEqualTo("length");
                assertThat(record.promptTokens()).isGreaterThan(100);
            });
        }
    }

    @Test
    void theInterfaceOfAPromptCanBeChosen() {
        Function<Request, Answer> both =
                request -> request.path().endsWith("/chat/completions") ? message("x", 1, 1) : completion("x", 1, 1);
        var paths = Map.of(
                Api.AUTO, "/v1/completions", Api.CHAT, "/v1/chat/completions", Api.COMPLETIONS, "/v1/completions");
        paths.forEach((api, path) -> {
            try (var server = new FakeServer(both)) {
                var spec = spec().samples(1).out(folder.resolve(api.text())).build();
                run(spec, endpoint(server, "row", api, 1), RunListener.NONE);
                assertThat(server.requests()).extracting(Request::path).containsOnly(path);
            }
        });
    }

    @Test
    void whatAServerCannotDoIsRefused() {
        try (var server = new FakeServer(EndpointRunTest::right)) {
            var endpoint = endpoint(server, "row", Api.AUTO, 1);
            var agnostic = spec().protocol(Protocol.QUESTION_AGNOSTIC).build();
            assertThatThrownBy(() -> run(agnostic, endpoint, RunListener.NONE))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("--protocol");
            var turns = spec().tasks(List.of("mini-turns")).build();
            assertThatThrownBy(() -> run(turns, endpoint, RunListener.NONE))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("mini-turns");
            var paper = spec().paperCompat(true).build();
            assertThatThrownBy(() -> run(paper, endpoint, RunListener.NONE))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("--paper-compat");
            assertThat(server.requests()).isEmpty();
        }
    }
}
