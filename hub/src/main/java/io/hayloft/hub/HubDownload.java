package io.hayloft.hub;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Downloads a file of the Hugging Face Hub, or of the mirror that {@code HF_ENDPOINT} names, and resumes what an
 * earlier try left. {@code HF_TOKEN} is shown to that host only, never to the one it redirects to.
 */
final class HubDownload {
    private static final String HUB = "https://huggingface.co";
    private static final int MOST_REDIRECTS = 8;

    /** How long to wait for a connection and for the next byte, how often to resume, and the pause before it. */
    record Limits(Duration connect, Duration stall, int resumes, Duration pause) {
        static final Limits STANDARD =
                new Limits(Duration.ofSeconds(10), Duration.ofSeconds(45), 5, Duration.ofSeconds(2));
    }

    private final URI endpoint;
    private final String token;
    private final Limits limits;

    HubDownload(Map<String, String> environment, Limits limits) {
        var named = environment.getOrDefault("HF_ENDPOINT", "").strip();
        this.endpoint = endpoint(named.isEmpty() ? HUB : named);
        this.token = environment.getOrDefault("HF_TOKEN", "").strip();
        this.limits = limits;
    }

    private static URI endpoint(String text) {
        try {
            var uri = new URI(text.replaceAll("/+$", ""));
            if (uri.getAuthority() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // told below, with the same words as an address of another kind
        }
        throw new UserError("HF_ENDPOINT='" + text + "' is no web address such as https://huggingface.co");
    }

    /**
     * Fetches the file into {@code part}, going on where an earlier try ended.
     *
     * @param bytes size that the file must have
     * @throws SourceException if the hub cannot be reached, refuses, or breaks off too often
     * @throws IOException if {@code part} cannot be written
     */
    void fetch(Source.HuggingFace source, long bytes, Path part, PullListener listener)
            throws IOException, SourceException {
        var address =
                URI.create(endpoint + "/" + source.repo() + "/resolve/" + source.revision() + "/" + source.file());
        if (Files.exists(part) && Files.size(part) > bytes) {
            Files.delete(part);
        }
        var client = HttpClient.newBuilder().connectTimeout(limits.connect()).build();
        try {
            for (int resumes = 0; sizeOf(part) < bytes; resumes++) {
                long before = sizeOf(part);
                var trouble = transfer(client, source, address, bytes, part, listener);
                if (trouble.isEmpty()) {
                    return;
                }
                if (resumes == limits.resumes() || sizeOf(part) <= before) {
                    throw new SourceException(trouble + " at " + sizeOf(part) + " of " + bytes
                            + " bytes (run the same command again to go on from there)");
                }
                listener.step(trouble + ", going on");
                Thread.sleep(limits.pause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted");
        } finally {
            client.shutdownNow();
        }
    }

    /** One request. Returns what broke it off, or "" when the file is complete. */
    private String transfer(
            HttpClient client, Source.HuggingFace source, URI address, long bytes, Path part, PullListener listener)
            throws IOException, SourceException, InterruptedException {
        HttpResponse<InputStream> response;
        try {
            response = ask(client, address, sizeOf(part));
        } catch (IOException e) {
            return "the connection broke off";
        }
        try (var body = response.body()) {
            long start = startOf(response, source, sizeOf(part));
            long announced =
                    response.headers().firstValueAsLong("Content-Length").orElse(bytes - start);
            if (start + announced != bytes) {
                throw new SourceException("the server offers " + (start + announced) + " bytes, expected are " + bytes);
            }
            return copy(body, part, start, bytes, listener);
        }
    }

    private HttpResponse<InputStream> ask(HttpClient client, URI address, long from)
            throws IOException, SourceException, InterruptedException {
        var at = address;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            var request = HttpRequest.newBuilder(at).timeout(limits.stall()).header("User-Agent", "hayloft");
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            if (!token.isEmpty() && at.getAuthority().equals(endpoint.getAuthority())) {
                request.header("Authorization", "Bearer " + token);
            }
            var response = send(client, request.build());
            var location = response.headers().firstValue("Location");
            if (response.statusCode() / 100 != 3 || location.isEmpty()) {
                return response;
            }
            close(response);
            at = at.resolve(location.get());
        }
        throw new SourceException("the server redirects in circles");
    }

    private static HttpResponse<InputStream> send(HttpClient client, HttpRequest request)
            throws IOException, SourceException, InterruptedException {
        var host = request.uri().getAuthority();
        try {
            return client.send(request, BodyHandlers.ofInputStream());
        } catch (HttpConnectTimeoutException e) {
            throw new SourceException("no connection to " + host + " in time");
        } catch (HttpTimeoutException e) {
            throw new SourceException(host + " did not answer in time");
        } catch (ConnectException e) {
            var unknown = hasCause(e, UnresolvedAddressException.class) || hasCause(e, UnknownHostException.class);
            throw new SourceException("cannot reach " + host + (unknown ? " (its name does not resolve)" : ""));
        }
    }

    private static boolean hasCause(Throwable error, Class<? extends Throwable> kind) {
        for (var cause = error; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Where in the file the response starts. A server that ignores the Range header starts again at 0. */
    private long startOf(HttpResponse<InputStream> response, Source.HuggingFace source, long asked)
            throws SourceException {
        int status = response.statusCode();
        var host = endpoint.getAuthority();
        return switch (status) {
            case 200 -> 0;
            case 206 -> {
                var range = response.headers().firstValue("Content-Range").orElse("");
                if (!range.startsWith("bytes " + asked + "-")) {
                    throw new SourceException("the server sent the range '" + range + "', asked was from " + asked);
                }
                yield asked;
            }
            case 401, 403 ->
                throw new SourceException(host + " refused (" + status + "): "
                        + (token.isEmpty() ? "set HF_TOKEN to an access token" : "HF_TOKEN gives no access")
                        + " and accept the model's terms at " + endpoint + "/" + source.repo());
            case 404 -> throw new SourceException("not found (404): no " + source.file() + " at " + source.revision());
            default -> throw new SourceException(host + " answered " + status);
        };
    }

    private String copy(InputStream body, Path part, long start, long bytes, PullListener listener)
            throws IOException, SourceException {
        var buffer = new byte[1 << 16];
        long at = start;
        var mode = start == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
        try (var out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode);
                var guard = new StallGuard(body, limits.stall())) {
            while (true) {
                int n;
                try {
                    n = body.read(buffer);
                } catch (IOException e) {
                    return guard.stalled() ? "the transfer stalled" : "the transfer broke off";
                }
                if (n < 0) {
                    break;
                }
                guard.alive();
                if (at + n > bytes) {
                    throw new SourceException("the server sends more than the expected " + bytes + " bytes");
                }
                out.write(buffer, 0, n);
                at += n;
                listener.progress(at, bytes);
            }
            if (at == bytes) {
                return "";
            }
            return guard.stalled() ? "the transfer stalled" : "the transfer broke off";
        }
    }

    private static long sizeOf(Path part) throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    private static void close(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            // The connection is given up anyway.
        }
    }
}
