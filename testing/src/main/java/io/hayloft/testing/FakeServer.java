package io.hayloft.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An OpenAI-compatible server on loopback that does what a test asks for, failures included. */
public final class FakeServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /**
     * A request.
     *
     * @param body JSON
     * @param authorization the header; empty without one
     */
    public record Request(String path, String body, String authorization) {}

    /** The server's answer to a request. */
    public sealed interface Answer {}

    /** Answers with a status. */
    public record Status(int code, String body, Map<String, String> headers) implements Answer {}

    /** Holds the connection without a word until the server is closed. */
    public record Hang() implements Answer {}

    /** Closes the connection without a word. */
    public record Drop() implements Answer {}

    /** Closes the connection in the middle of an answer. */
    public record BreakOff() implements Answer {}

    /** Starts on a free port. */
    public FakeServer(Function<Request, Answer> script) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> handle(exchange, script));
        server.start();
    }

    /** An answer without further headers. */
    public static Answer status(int code, String body) {
        return new Status(code, body, Map.of());
    }

    /** A completion of plain text. */
    public static Answer completion(String text, int promptTokens, int answerTokens) {
        return answer("\"text\":" + quoted(text), promptTokens, answerTokens);
    }

    /** An answer in a chat. */
    public static Answer message(String text, int promptTokens, int answerTokens) {
        return answer(
                "\"message\":{\"role\":\"assistant\",\"content\":" + quoted(text) + "}", promptTokens, answerTokens);
    }

    private static Answer answer(String content, int promptTokens, int answerTokens) {
        return status(
                200,
                "{\"id\":\"1\",\"choices\":[{\"index\":0," + content + ",\"finish_reason\":\"stop\"}],\"usage\":{"
                        + "\"prompt_tokens\":" + promptTokens + ",\"completion_tokens\":" + answerTokens + "}}");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private void handle(HttpExchange exchange, Function<Request, Answer> script) throws IOException {
        try (exchange) {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var key = exchange.getRequestHeaders().getFirst("Authorization");
            var request = new Request(exchange.getRequestURI().getPath(), body, key == null ? "" : key);
            requests.add(request);
            var answer = script.apply(request);
            now.decrementAndGet(); // before the client can know that it may ask again
            answer(exchange, answer);
        }
    }

    private void answer(HttpExchange exchange, Answer answer) throws IOException {
        switch (answer) {
            case Status status -> {
                status.headers().forEach(exchange.getResponseHeaders()::set);
                var bytes = status.body().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status.code(), bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
            case Hang _ -> {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            case Drop _ -> exchange.getResponseBody();
            case BreakOff _ -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write("{\"choices\":[".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
        }
    }

    /** Address of the interface, such as {@code http://127.0.0.1:40001/v1}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Most requests that the script was busy with at a time. */
    public int mostAtOnce() {
        return most.get();
    }

    /** Stops at once. */
    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
