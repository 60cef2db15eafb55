package io.hayloft.bench.endpoint;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a server for greedy completions. What may go better later is tried again: statuses 429 and 5xx, and connections that
 * break off. Threads may share a client; all of them wait when the server asks for a pause.
 */
public final class ApiClient implements AutoCloseable {
    /** Environment variable with the access key. */
    public static final String KEY = "HAYLOFT_API_KEY";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

    /** A completion has a few kilobytes. */
    private static final long LONGEST_BODY = 64L << 20;

    private final Endpoint endpoint;
    private final String key;
    private final HttpClient client;

    /** When requests may go out again, in nanoseconds of {@link System#nanoTime}. */
    private final AtomicLong open = new AtomicLong(System.nanoTime());

    private volatile boolean reached;

    /**
     * A prompt and when its answer ends.
     *
     * @param system text of a system message before it; empty for none
     * @param text what the server is sent
     * @param chat whether it is a user's message, which the server puts into its chat format; otherwise it is completed as it is
     * @param maxTokens longest answer
     * @param stopAtNewline whether a line feed ends the answer
     */
    public record Question(String system, String text, boolean chat, int maxTokens, boolean stopAtNewline) {
        /** A question without a system message. */
        public Question(String text, boolean chat, int maxTokens, boolean stopAtNewline) {
            this("", text, chat, maxTokens, stopAtNewline);
        }
    }

    /**
     * An answer.
     *
     * @param finish why it ended, in the server's word: {@code stop} or {@code length}; empty if it does not say
     * @param promptTokens tokens of the prompt as the server counts them; -1 if it does not say
     * @param answerTokens likewise of the answer, thoughts included
     * @param thoughts text that the server parted from the answer; null if it has none
     */
    public record Reply(
            String text,
            String finish,
            int promptTokens,
            int answerTokens,
            @Nullable String thoughts) {}

    /** The result of one try. */
    private sealed interface Outcome {}

    private record Answered(Reply reply) implements Outcome {}

    /**
     * No answer, but there may be one later.
     *
     * @param pause how long the server wants no requests; null if it does not say
     * @param gone whether there was no connection at all
     */
    private record Later(String trouble, @Nullable Duration pause, boolean gone) implements Outcome {}

    /**
     * A client.
     *
     * @param key access key that the server is shown; empty for none
     * @throws UserError if the key cannot be one
     */
    public ApiClient(Endpoint endpoint, String key) {
        if (!key.chars().allMatch(c -> c > 32 && c < 127)) {
            throw new UserError(KEY + " holds characters that no access key has: set it to the key alone");
        }
        this.endpoint = endpoint;
        this.key = key;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /**
     * Asks until there is an answer, or the endpoint's retries are used up.
     *
     * @throws EndpointException if this prompt has no answer
     * @throws UserError if no prompt can have one: the server cannot be reached, refuses, does not know the model or wants a
     *     pause longer than the timeout
     */
    public Reply ask(Question question) throws EndpointException, InterruptedException {
        var request = request(question);
        var pause = endpoint.limits().pause();
        for (int left = endpoint.limits().retries(); ; left--) {
            awaitOpen();
            switch (attempt(request, question.chat())) {
                case Answered answered -> {
                    return answered.reply();
                }
                case Later later -> {
                    if (later.gone() && (left == 0 || !reached)) {
                        throw new UserError("cannot reach " + endpoint.base() + " (" + later.trouble()
                                + "): is the server running there?");
                    }
                    if (left == 0) {
                        throw new EndpointException(later.trouble() + ", after "
                                + (endpoint.limits().retries() + 1) + " tries");
                    }
                    if (later.pause() != null) {
                        holdBack(later.pause(), later.trouble());
                    } else {
                        Thread.sleep(pause);
                        pause = pause.multipliedBy(2);
                    }
                }
            }
        }
    }

    /** Waits as long as the server wants no requests. */
    private void awaitOpen() throws InterruptedException {
        for (long wait = open.get() - System.nanoTime(); wait > 0; wait = open.get() - System.nanoTime()) {
            Thread.sleep(Duration.ofNanos(wait));
        }
    }

    /** Holds all requests back for a while. */
    private void holdBack(Duration pause, String why) {
        if (pause.compareTo(endpoint.limits().timeout()) > 0) {
            throw new UserError(why + " and wants no requests for " + pause.toSeconds()
                    + " seconds, longer than --timeout: start the same command then");
        }
        long until = System.nanoTime() + pause.toNanos();
        open.accumulateAndGet(until, (one, other) -> one - other > 0 ? one : other);
    }

    private HttpRequest request(Question question) {
        var body = JSON.createObjectNode();
        body.put("model", endpoint.model());
        if (question.chat()) {
            var messages = body.putArray("messages");
            if (!question.system().isEmpty()) {
                messages.addObject().put("role", "system").put("content", question.system());
            }
            messages.addObject().put("role", "user").put("content", question.text());
        } else {
            body.put("prompt", question.text());
        }
        body.put("max_tokens", question.maxTokens());
        body.put("temperature", 0);
        body.put("stream", false);
        if (question.stopAtNewline()) {
            body.putArray("stop").add("\n");
        }
        var request = HttpRequest.newBuilder(URI.create(endpoint.base() + path(question.chat())))
                .header("Content-Type", "application/json")
                .header("User-Agent", "hayloft")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return request.build();
    }

    private static String path(boolean chat) {
        return chat ? "/chat/completions" : "/completions";
    }

    private Outcome attempt(HttpRequest request, boolean chat) throws EndpointException, InterruptedException {
        var limits = endpoint.limits();
        var answer = client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST_BODY));
        try {
            var response = answer.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
            reached = true;
            return outcome(response, chat);
        } catch (TimeoutException e) {
            throw new EndpointException("no answer within " + limits.timeout().toSeconds() + " seconds (--timeout)");
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                return new Later(words(cause, unreachable(cause)), null, true);
            }
            if (cause instanceof IOException) {
                return new Later("the connection broke off (" + words(cause, "no reason given") + ")", null, false);
            }
            throw new IllegalStateException(cause);
        } finally {
            answer.cancel(true); // a request that nobody waits for any more is taken back
        }
    }

    private static String unreachable(Throwable trouble) {
        return trouble.getCause() instanceof UnresolvedAddressException ? "unknown host" : "connection refused";
    }

    private static String words(Throwable trouble, String otherwise) {
        var message = trouble.getMessage();
        return message == null ? otherwise : message.lines().findFirst().orElse(otherwise);
    }

    private Outcome outcome(HttpResponse<byte[]> response, boolean chat) throws EndpointException {
        int status = response.statusCode();
        var answer = new ApiAnswer(status, response.body(), key);
        if (status == 200) {
            return new Answered(answer.reply(chat));
        }
        if (answer.mayGoBetterLater()) {
            return new Later(answer.words(), ApiAnswer.pause(response.headers()), false);
        }
        var base = endpoint.base();
        switch (status) {
            case 401, 403 ->
                throw new UserError(base + " refused: " + answer.words() + ": "
                        + (key.isEmpty() ? "set " + KEY + " to an access key" : "look at the key in " + KEY));
            case 404, 405 ->
                throw new UserError(base + path(chat) + ": " + answer.words() + ": look at --endpoint (most end with"
                        + " /v1), --api-model, and --api for servers without this interface");
            case 301, 302, 303, 307, 308 ->
                throw new UserError(base + " sends elsewhere, to "
                        + response.headers().firstValue("Location").orElse("an unknown place")
                        + ": name that address with --endpoint");
            default -> throw new EndpointException(answer.words());
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
