package io.hayloft.report;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Chromium on the PATH without a window, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("ws://[^/]*:(\\d+)/\\S+");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

    /** Errors and warnings that pages wrote to the console, exceptions included. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    /** The program, if there is one. */
    static Optional<Path> program() {
        var names = List.of("chromium", "chromium-browser", "google-chrome");
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Browser(Path profile) throws Exception {
        process = new ProcessBuilder(
                        program().orElseThrow().toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            socket = connect(port());
            for (var domain : List.of("Runtime", "Log", "Page")) {
                send(domain + ".enable", Map.of());
            }
        } catch (Exception | Error e) {
            end();
            throw e;
        }
    }

    private int port() throws IOException {
        var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (var line = errors.readLine(); line != null; line = errors.readLine()) {
            var address = ADDRESS.matcher(line);
            if (address.find()) {
                new Thread(() -> errors.lines().forEach(_ -> {})).start(); // or the pipe fills
                return Integer.parseInt(address.group(1));
            }
        }
        throw new IOException("the browser names no port");
    }

    private WebSocket connect(int port) throws Exception {
        var list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json"))
                .build();
        var pages = JSON.readTree(
                client.send(list, HttpResponse.BodyHandlers.ofString()).body());
        for (var page : pages) {
            if (page.path("type").asString().equals("page")) {
                var address = URI.create(page.path("webSocketDebuggerUrl").asString());
                return client.newWebSocketBuilder()
                        .buildAsync(address, new Listener())
                        .join();
            }
        }
        throw new IOException("the browser has no page");
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
            text.append(data);
            if (end) {
                hear(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void hear(JsonNode message) {
        var method = message.path("method").asString("");
        var what = message.path("params");
        if (message.has("id")) {
            requireNonNull(waiting.remove(message.path("id").asInt())).complete(message);
        } else if (method.equals("Runtime.exceptionThrown")
                || method.equals("Log.entryAdded")
                || (method.equals("Runtime.consoleAPICalled")
                        && List.of("error", "warning")
                                .contains(what.path("type").asString()))) {
            complaints.add(what.toString());
        }
    }

    private JsonNode send(String method, Map<String, ?> parameters) throws Exception {
        int id = last.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        waiting.put(id, answer);
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                .get(30, TimeUnit.SECONDS);
        return answer.get(60, TimeUnit.SECONDS).path("result");
    }

    /** The window's size and the reader's preferences. */
    void emulate(int width, boolean dark, boolean paper) throws Exception {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        var scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        send("Emulation.setEmulatedMedia", Map.of("media", paper ? "print" : "", "features", List.of(scheme)));
    }

    /** Opens a file; returns after how many milliseconds the page had loaded and its scripts had run. */
    double open(Path file) throws Exception {
        send("Page.navigate", Map.of("url", file.toUri().toString()));
        return evaluate("""
            new Promise((done) => {
              const end = () => setTimeout(() => done(performance.getEntriesByType("navigation")[0].loadEventEnd));
              if (document.readyState === "complete") end(); else addEventListener("load", end);
            })\
            """).asDouble();
    }

    /** The value of an expression, promises awaited. */
    JsonNode evaluate(String expression) throws Exception {
        var result =
                send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(result.path("exceptionDetails").toString());
        }
        return result.path("result").path("value");
    }

    /** The strings of an array that an expression makes. */
    List<String> strings(String expression) throws Exception {
        var strings = new ArrayList<String>();
        evaluate(expression).forEach(one -> strings.add(one.asString()));
        return strings;
    }

    /** The page as a PDF on the paper that its style names, in base64. */
    String pdf() throws Exception {
        return send("Page.printToPDF", Map.of("preferCSSPageSize", true, "printBackground", true))
                .path("data")
                .asString();
    }

    private void end() {
        try (Stream<ProcessHandle> children = process.descendants()) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.abort();
        client.close();
        end();
    }
}
