package io.hayloft.bench.endpoint;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a server for greedy completions: {@code /chat/completions} for prompts in a chat format, {@code /completions} for plain
 * text. What may go better later is tried again: statuses 429 and 5xx, broken connections, answers that break off or do
 * not come in time. Threads may share a client.
 */
public final class ApiClient implements AutoCloseable {
    private static final Set<Integer> LATER = Set.of(408, 429, 500, 502, 503, 504);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Endpoint endpoint;
    private final String key;
    private final HttpClient client;

    /**
     * A prompt.
     *
     * @param text what the model reads, without a chat format
     * @param chat whether the server puts its chat format around it
     */
    public record Question(String text, boolean chat, int maxTokens) {}

    /**
     * An answer.
     *
     * @param stop why it ended, in the server's word
     * @param promptTokens tokens of the prompt as the server counts them; -1 if it does not say
     * @param answerTokens likewise of the answer
     */
    public record Reply(String text, String stop, int promptTokens, int answerTokens) {}

    /** What one try gave: a reply, or why there is none and how long the server wants to be left alone. */
    private record Try(
            @Nullable Reply reply, String trouble, @Nullable Duration pause) {}

    /**
     * A client.
     *
     * @param key access key that the server is shown; empty for none
     */
    public ApiClient(Endpoint endpoint, String key) {
        this.endpoint = endpoint;
        this.key = key;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    /**
     * Asks until there is an answer, or the endpoint's retries are used up.
     *
     * @throws EndpointException if this prompt has no answer
     * @throws UserError if no prompt can have one: the server cannot be reached, refuses, or does not know the model
     */
    public Reply ask(Question question) throws EndpointException, InterruptedException {
        var request = request(question);
        var pause = endpoint.limits().pause();
        for (int left = endpoint.limits().retries(); ; left--) {
            var outcome = attempt(request, question.chat(), left > 0);
            if (outcome.reply() != null) {
                return outcome.reply();
            }
            if (left == 0) {
                throw new EndpointException(outcome.trouble() + ", after "
                        + (endpoint.limits().retries() + 1) + " tries");
            }
            var wanted = outcome.pause() == null ? pause : outcome.pause();
            Thread.sleep(wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted);
            pause = pause.multipliedBy(2);
        }
    }

    private HttpRequest request(Question question) {
        var body = JSON.createObjectNode();
        body.put("model", endpoint.model());
        if (question.chat()) {
            body.putArray("messages").addObject().put("role", "user").put("content", question.text());
        } else {
            body.put("prompt", question.text());
        }
        body.put("max_tokens", question.maxTokens());
        body.put("temperature", 0);
        body.put("stream", false);
        var path = question.chat() ? "/chat/completions" : "/completions";
        var request = HttpRequest.newBuilder(URI.create(endpoint.base() + path))
                .header("Content-Type", "application/json")
                .header("User-Agent", "hayloft")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return request.build();
    }

    private Try attempt(HttpRequest request, boolean chat, boolean again)
            throws EndpointException, InterruptedException {
        var answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            var response = answer.get(endpoint.limits().timeout().toMillis(), TimeUnit.MILLISECONDS);
            return read(response, chat);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new Try(null, "the server did not answer in time", null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException && !again) {
                throw new UserError("cannot reach " + endpoint.base() + ": is the server running there?", e);
            }
            if (e.getCause() instanceof IOException) {
                return new Try(null, "the connection broke off", null);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private Try read(HttpResponse<String> response, boolean chat) throws EndpointException {
        int status = response.statusCode();
        if (LATER.contains(status)) {
            return new Try(null, "the server answered " + status + reason(response), pause(response));
        }
        switch (status) {
            case 200 -> {
                var reply = reply(response.body(), chat);
                return new Try(reply, "the server's answer is no completion", null);
            }
            case 401, 403 ->
                throw new UserError(endpoint.base() + " refused (" + status + ")" + reason(response)
                        + ": set HAYLOFT_API_KEY to an access key");
            case 404 ->
                throw new UserError(endpoint.base() + " answered 404" + reason(response)
                        + ": look at --endpoint (does it end with /v1?) and --api-model");
            default -> throw new EndpointException("the server answered " + status + reason(response));
        }
    }

    /** The completion in an answer; null if there is none, as in one that broke off. */
    private static @Nullable Reply reply(String body, boolean chat) {
        try {
            var answer = JSON.readTree(body);
            var choice = answer.path("choices").path(0);
            var text = chat ? choice.path("message").path("content") : choice.path("text");
            if (text.isMissingNode() || !(text.isString() || text.isNull())) {
                return null;
            }
            var usage = answer.path("usage");
            return new Reply(
                    text.isNull() ? "" : text.stringValue(),
                    choice.path("finish_reason").asString(""),
                    usage.path("prompt_tokens").asInt(-1),
                    usage.path("completion_tokens").asInt(-1));
        } catch (JacksonException e) {
            return null;
        }
    }

    /** What the server says about an error, on one line that goes on after the status. */
    private static String reason(HttpResponse<String> response) {
        String text;
        try {
            JsonNode body = JSON.readTree(response.body());
            var error = body.path("error");
            text = error.isString()
                    ? error.stringValue()
                    : error.path("message").asString(body.path("message").asString(""));
        } catch (JacksonException e) {
            text = "";
        }
        var line = text.lines().findFirst().orElse("").strip();
        return line.isEmpty() ? "" : " (" + line.substring(0, Math.min(200, line.length())) + ")";
    }

    private static @Nullable Duration pause(HttpResponse<String> response) {
        var named = response.headers().firstValue("Retry-After").orElse("").strip();
        if (named.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(named));
        }
        try {
            var at = ZonedDateTime.parse(named, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(ZonedDateTime.now(at.getZone()), at);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
