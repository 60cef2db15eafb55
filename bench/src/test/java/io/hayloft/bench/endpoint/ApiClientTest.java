package io.hayloft.bench.endpoint;

import static io.hayloft.testing.FakeServer.completion;
import static io.hayloft.testing.FakeServer.message;
import static io.hayloft.testing.FakeServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.endpoint.ApiClient.Question;
import io.hayloft.bench.endpoint.ApiClient.Reply;
import io.hayloft.bench.endpoint.Endpoint.Limits;
import io.hayloft.testing.FakeServer;
import io.hayloft.testing.FakeServer.Answer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ApiClientTest {
    private static final Question PLAIN = new Question("Text as it is \n{}\"", false, 7, false);
    private static final Question CHAT = new Question("Who?", true, 9, false);

    private static Endpoint endpoint(String url, int retries) {
        var limits = new Limits(Duration.ofSeconds(2), retries, Duration.ofMillis(20));
        return Endpoint.of(url, "model-1", "row", Api.AUTO, 4, limits);
    }

    /** Gives these answers in turn, the last one for ever. */
    private static FakeServer serving(Answer... answers) {
        var count = new AtomicInteger();
        return new FakeServer(request -> answers[Math.min(count.getAndIncrement(), answers.length - 1)]);
    }

    private static Reply ask(FakeServer server, Question question) throws Exception {
        try (var client = new ApiClient(endpoint(server.url(), 3), "")) {
            return client.ask(question);
        }
    }

    @Test
    void plainTextGoesToTheCompletionsUnchanged() throws Exception {
        try (var server = serving(completion("yes \"so\"\n", 12, 3))) {
            assertThat(ask(server, PLAIN)).isEqualTo(new Reply("yes \"so\"\n", "stop", 12, 3, null));

            var request = server.requests().getFirst();
            assertThat(request.path()).isEqualTo("/v1/completions");
            assertThat(request.authorization()).isEmpty();
            var body = new JsonMapper().readTree(request.body());
            assertThat(body.get("prompt").stringValue()).isEqualTo("Text as it is \n{}\"");
            assertThat(body.get("model").stringValue()).isEqualTo("model-1");
            assertThat(body.get("max_tokens").intValue()).isEqualTo(7);
            assertThat(body.get("temperature").intValue()).isZero();
            assertThat(body.has("stop")).isFalse();
        }
    }

    @Test
    void chatsAreOneMessageOfTheUserAndALineFeedCanStop() throws Exception {
        try (var server = serving(message("me", 40, 1))) {
            assertThat(ask(server, new Question("Who?", true, 9, true)))
                    .isEqualTo(new Reply("me", "stop", 40, 1, null));

            var request = server.requests().getFirst();
            assertThat(request.path()).isEqualTo("/v1/chat/completions");
            var body = new JsonMapper().readTree(request.body());
            assertThat(body.get("messages")).hasSize(1);
            assertThat(body.at("/messages/0/role").stringValue()).isEqualTo("user");
            assertThat(body.at("/messages/0/content").stringValue()).isEqualTo("Who?");
            assertThat(body.at("/stop/0").stringValue()).isEqualTo("\n");
        }
    }

    @Test
    void rulesAreASystemMessage() throws Exception {
        try (var server = serving(message("me", 40, 1))) {
            ask(server, new Question("Be brief.", "Who?", true, 9, false));
            var body = new JsonMapper().readTree(server.requests().getFirst().body());
            assertThat(body.get("messages").toString())
                    .isEqualTo("[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                            + "{\"role\":\"user\",\"content\":\"Who?\"}]");
        }
    }

    @Test
    void countsThatTheServerDoesNotGiveAreNone() throws Exception {
        try (var server = serving(status(200, "{\"choices\":[{\"text\":\"a\"}]}"))) {
            assertThat(ask(server, PLAIN)).isEqualTo(new Reply("a", "", -1, -1, null));
        }
        try (var server = serving(status(
                200,
                "{\"choices\":[{\"message\":{\"content\":null}}],\"usage\":{"
                        + "\"prompt_tokens\":-5,\"completion_tokens\":\"3\"}}"))) {
            assertThat(ask(server, CHAT)).isEqualTo(new Reply("", "", -1, -1, null));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void whatMayGoBetterLaterIsTriedAgain(int code) throws Exception {
        try (var server = serving(status(code, "{}"), status(code, "no JSON"), completion("ok", 1, 1))) {
            assertThat(ask(server, PLAIN).text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void brokenConnectionsAreTriedAgain() throws Exception {
        try (var server = serving(
                new FakeServer.Drop(), new FakeServer.BreakOff(), new FakeServer.Drop(), completion("ok", 1, 1))) {
            assertThat(ask(server, PLAIN).text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void retriesEndWithTheReason() {
        try (var server = serving(status(503, "{\"error\":{\"message\":\"Loading model\\nsecond line\"}}"))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(EndpointException.class)
                    .hasMessage("the server answered 503 (Loading model), after 4 tries");
            assertThat(server.requests()).hasSize(4);
        }
    }

    @Test
    void thePauseDoublesFromTryToTry() {
        try (var server = serving(status(500, ""));
                var client = new ApiClient(endpoint(server.url(), 3), "")) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> client.ask(PLAIN)).isInstanceOf(EndpointException.class);
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(20 + 40 + 80).toNanos());
        }
    }

    @Test
    void aPauseThatTheServerNamesHoldsForAllQuestions() throws Exception {
        var busy = new FakeServer.Status(429, "{}", Map.of("Retry-After", "1"));
        try (var server = serving(busy, completion("ok", 1, 1));
                var client = new ApiClient(endpoint(server.url(), 3), "");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            var first = threads.submit(() -> client.ask(PLAIN));
            while (server.requests().isEmpty()) {
                Thread.sleep(5);
            }
            Thread.sleep(200);
            var second = threads.submit(() -> client.ask(PLAIN));

            assertThat(second.get().text()).isEqualTo("ok");
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
            assertThat(first.get().text()).isEqualTo("ok");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aPauseMayBeADate() throws Exception {
        var soon = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2).format(DateTimeFormatter.RFC_1123_DATE_TIME);
        var busy = new FakeServer.Status(503, "", Map.of("Retry-After", soon));
        try (var server = serving(busy, completion("ok", 1, 1))) {
            long start = System.nanoTime();
            assertThat(ask(server, PLAIN).text()).isEqualTo("ok");
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(700).toNanos());
        }
    }

    @Test
    void aPauseLongerThanTheTimeoutEndsTheRun() {
        try (var server = serving(new FakeServer.Status(429, "", Map.of("Retry-After", "3600")))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessage("the server answered 429 and wants no requests for 3600 seconds, longer than --timeout:"
                            + " start the same command then");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aServerThatHangsFailsTheSampleInTime() {
        try (var server = serving(new FakeServer.Hang())) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(EndpointException.class)
                    .hasMessage("no answer within 2 seconds (--timeout)");
            assertThat(System.nanoTime() - start)
                    .isLessThan(Duration.ofSeconds(15).toNanos());
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<html>no</html>|the server's answer is not JSON",
                "''|the server's answer is not JSON",
                "{\"choices\":[|the server's answer is not JSON",
                "{\"choices\":[]}|the server's answer has no choices",
                "{\"error\":{\"message\":\"no credit\"}}|the server's answer has no choices (no credit)",
                "[1]|the server's answer has no choices",
                "{\"choices\":[{\"index\":0}]}|the server's answer has no text",
                "{\"choices\":[{\"text\":[1]}]}|the server's answer has no text"
            })
    void whatIsNoCompletionFailsTheSample(String body, String error) {
        try (var server = serving(status(200, body))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(EndpointException.class)
                    .hasMessage(error);
        }
    }

    @Test
    void aPromptThatIsTooLongFailsAloneWithTheServersWords() {
        try (var server =
                serving(status(400, "{\"object\":\"error\",\"message\":\"maximum context length is 4096\"}"))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(EndpointException.class)
                    .hasMessage("the server answered 400 (maximum context length is 4096)");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aWrongPathOrModelEndsTheRun() {
        try (var server = serving(status(404, "{\"error\":{\"message\":\"The model does not exist.\"}}"))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining(
                            server.url() + "/completions: the server answered 404 (The model does not exist.)")
                    .hasMessageContaining("--api-model");
        }
    }

    @Test
    void anotherAddressIsNamedNotFollowed() {
        try (var server = serving(new FakeServer.Status(308, "", Map.of("Location", "https://elsewhere/v1")))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("https://elsewhere/v1");
        }
    }

    @Test
    void theKeyIsShownToTheServerAloneAlsoWhereItRepeatsIt() {
        try (var server = serving(status(401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-123\"}}"));
                var client = new ApiClient(endpoint(server.url(), 3), "sk-123")) {
            assertThatThrownBy(() -> client.ask(PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("401 (Incorrect API key provided: ***)")
                    .hasMessageContaining("look at the key in HAYLOFT_API_KEY")
                    .hasMessageNotContaining("sk-123");
            assertThat(server.requests().getFirst().authorization()).isEqualTo("Bearer sk-123");
        }
    }

    @Test
    void withoutAKeyARefusalAsksForOne() {
        try (var server = serving(status(403, ""))) {
            assertThatThrownBy(() -> ask(server, PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("set HAYLOFT_API_KEY");
        }
    }

    @Test
    void aKeyOfSeveralLinesIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> new ApiClient(endpoint("http://localhost:1", 0), "sk-1\nsk-2"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("HAYLOFT_API_KEY")
                .hasMessageNotContaining("sk-");
    }

    @Test
    void whereNobodyListensTheFirstTryEndsTheRun() {
        var server = serving(completion("ok", 1, 1));
        var url = server.url();
        server.close();
        try (var client = new ApiClient(endpoint(url, 5), "")) {
            assertThatThrownBy(() -> client.ask(PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessage("cannot reach " + url + " (connection refused): is the server running there?");
        }
    }

    @Test
    void aServerThatGoesAwayLaterIsLookedForAgainFirst() throws Exception {
        var server = serving(completion("ok", 1, 1));
        var slow = new Limits(Duration.ofSeconds(2), 2, Duration.ofMillis(100));
        try (var client = new ApiClient(Endpoint.of(server.url(), "m", "row", Api.AUTO, 1, slow), "")) {
            client.ask(PLAIN);
            server.close();
            long start = System.nanoTime();
            assertThatThrownBy(() -> client.ask(PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("cannot reach ");
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(300).toNanos());
        }
    }

    @Test
    void anUnknownHostIsNamed() {
        try (var client = new ApiClient(endpoint("http://no-such-host.invalid:1", 0), "")) {
            assertThatThrownBy(() -> client.ask(PLAIN))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("no-such-host.invalid");
        }
        assertThat(List.of(Api.values())).extracting(Api::text).containsExactly("auto", "chat", "completions");
    }
}
