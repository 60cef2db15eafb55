package io.hayloft.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** A small web server with one file, or several, and the faults that a test asks for. */
final class FileServer implements AutoCloseable {
    private final HttpServer server;
    private final byte[] content;
    private final List<String> requests = new ArrayList<>();

    int status = 200;
    /** Files by their paths; while there are any, no other path has a file. */
    final Map<String, byte[]> files = new HashMap<>();
    /** The next responses have these statuses, each once. */
    final List<Integer> statuses = new ArrayList<>();

    boolean honoursRange = true;
    /** The next responses break off after so many bytes, each once. */
    final List<Integer> breaks = new ArrayList<>();
    /** Stops sending, but keeps the connection, after so many bytes. */
    int stallAfter = -1;
    /** Where to send the client instead, if anywhere. */
    String redirect = "";

    FileServer(byte[] content) throws IOException {
        this.content = content;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked: path, Range and Authorization of each request. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var headers = exchange.getRequestHeaders();
        var range = headers.getFirst("Range");
        int cut;
        int now;
        var path = exchange.getRequestURI().getRawPath();
        var file = files.isEmpty() ? content : files.get(path);
        synchronized (this) {
            now = !statuses.isEmpty() ? statuses.removeFirst() : file == null ? 404 : status;
            requests.add(exchange.getRequestURI() + " " + range + " " + headers.getFirst("Authorization"));
            cut = breaks.isEmpty() ? Integer.MAX_VALUE : breaks.removeFirst();
        }
        try (exchange) {
            if (!redirect.isEmpty()) {
                exchange.getResponseHeaders().set("Location", redirect);
                exchange.sendResponseHeaders(302, -1);
            } else if (now != 200 || file == null) {
                exchange.sendResponseHeaders(now, -1);
            } else {
                send(exchange, file, range, cut);
            }
        } catch (IOException e) {
            // the broken transfer that the test wants, or a client that has seen enough
        }
    }

    private void send(HttpExchange exchange, byte[] content, String range, int cut) throws IOException {
        int from = 0;
        if (range != null && honoursRange) {
            from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        int most = stallAfter >= 0 ? stallAfter : cut;
        int until = from + Math.min(content.length - from, most);
        exchange.getResponseBody().write(content, from, until - from);
        exchange.getResponseBody().flush();
        if (stallAfter >= 0) {
            sleep();
        }
        if (until < content.length) {
            throw new IOException("break off");
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(20_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
