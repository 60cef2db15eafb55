package io.hayloft.bench.endpoint;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The answer of a server: a completion, or what it says about an error. */
final class ApiAnswer {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_REASON = 300;

    private final int status;
    private final String key;
    private final JsonNode body;

    /**
     * Reads an answer.
     *
     * @param key access key, which servers may repeat and no message shows; empty for none
     */
    ApiAnswer(int status, byte[] body, String key) {
        this.status = status;
        this.key = key;
        this.body = tree(body);
    }

    /** The JSON of an answer; a missing node for anything else. */
    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    /** Returns whether the same request may be answered later: too many, or the server cannot now. */
    boolean mayGoBetterLater() {
        return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501);
    }

    /**
     * The completion.
     *
     * @throws EndpointException if there is none
     */
    ApiClient.Reply reply(boolean chat) throws EndpointException {
        if (body.isMissingNode()) {
            throw new EndpointException("the server's answer is not JSON");
        }
        var choice = body.path("choices").path(0);
        if (!choice.isObject()) {
            throw new EndpointException("the server's answer has no choices" + reason());
        }
        var text = chat ? choice.path("message").path("content") : choice.path("text");
        boolean silent = text.isNull(); // as of models that spend all their tokens on reasoning
        if (!text.isString() && !silent) {
            throw new EndpointException("the server's answer has no text");
        }
        var usage = body.path("usage");
        return new ApiClient.Reply(
                silent ? "" : text.stringValue(),
                choice.path("finish_reason").asString(""),
                count(usage.path("prompt_tokens")),
                count(usage.path("completion_tokens")),
                chat ? thoughts(choice.path("message")) : null);
    }

    /** The thoughts, where a server gives them apart from the answer; null if there are none. */
    private static @Nullable String thoughts(JsonNode message) {
        for (var name : List.of("reasoning_content", "reasoning")) {
            var text = message.path(name).asString("").strip();
            if (!text.isEmpty()) {
                return text;
            }
        }
        return null;
    }

    private static int count(JsonNode number) {
        return number.isInt() && number.intValue() >= 0 ? number.intValue() : -1;
    }

    /** The status and what the server says about it, such as {@code the server answered 503 (Loading model)}. */
    String words() {
        return "the server answered " + status + reason();
    }

    /** The server's own words in brackets, on one line and without the key; empty if it has none. */
    private String reason() {
        var error = body.path("error");
        var text = error.isString()
                ? error.stringValue()
                : error.path("message")
                        .asString(body.path("message")
                                .asString(body.path("detail").asString("")));
        var line = text.lines().findFirst().orElse("").strip();
        if (!key.isEmpty()) {
            line = line.replace(key, "***");
        }
        return line.isEmpty() ? "" : " (" + line.substring(0, Math.min(LONGEST_REASON, line.length())) + ")";
    }

    /** How long the server wants no requests: {@code Retry-After} in seconds or as a date; null if it does not say. */
    static @Nullable Duration pause(HttpHeaders headers) {
        var named = headers.firstValue("Retry-After").orElse("").strip();
        if (named.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            return Duration.ofMillis(Math.round(1000 * Double.parseDouble(named)));
        }
        try {
            var at = ZonedDateTime.parse(named, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(ZonedDateTime.now(at.getZone()), at);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
