package io.hayloft.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Downloads files over HTTP and resumes what an earlier try left. An access token is shown to its own host only, never to
 * one that this redirects to.
 */
final class HttpTransfer {
    private static final int MOST_REDIRECTS = 8;
    private static final int MOST_PORT = 65_535;
    private static final long LONGEST_WAIT_SECONDS = 60;

    /** How long to wait for a connection and for the next byte, how often to resume, and the pause before it. */
    record Limits(Duration connect, Duration stall, int resumes, Duration pause) {
        static final Limits STANDARD =
                new Limits(Duration.ofSeconds(10), Duration.ofSeconds(45), 5, Duration.ofSeconds(2));
    }

    /** An access token and the host (with port) that may see it; empty for none. */
    record Access(String host, String token) {
        static final Access NONE = new Access("", "");
    }

    /**
     * A file to download.
     *
     * @param bytes its size; -1 if only the server knows it
     * @param missing what an error says if it is not there
     * @param terms what an error says if access is refused
     */
    record Target(URI address, long bytes, String missing, String terms) {}

    /** A server's answer whose body is still to be read. */
    private record Reply(int status, HttpHeaders headers, InputStream body) {}

    /** Why a request ended early, empty if it did not; {@code busy} if the server asks to come back later. */
    private record Outcome(String trouble, boolean busy, Duration pause) {}

    private final Access access;
    private final Limits limits;

    HttpTransfer(Access access, Limits limits) {
        this.access = access;
        this.limits = limits;
    }

    /**
     * Fetches a file into {@code part}, going on where an earlier try ended.
     *
     * @throws SourceException if the host cannot be reached, refuses, or breaks off too often
     * @throws IOException if {@code part} cannot be written
     */
    void fetch(Target target, Path part, PullListener listener) throws IOException, SourceException {
        if (target.bytes() >= 0 && Files.exists(part) && Files.size(part) > target.bytes()) {
            Files.delete(part);
        }
        if (target.bytes() == 0) {
            Files.write(part, new byte[0]);
            return;
        }
        var client = HttpClient.newBuilder().connectTimeout(limits.connect()).build();
        try {
            for (int resumes = 0; target.bytes() < 0 || sizeOf(part) < target.bytes(); resumes++) {
                long before = sizeOf(part);
                var outcome = transfer(client, target, part, listener);
                if (outcome.trouble().isEmpty()) {
                    return;
                }
                if (resumes == limits.resumes() || (sizeOf(part) <= before && !outcome.busy())) {
                    throw new SourceException(outcome.trouble() + " at " + sizeOf(part)
                            + (target.bytes() < 0 ? "" : " of " + target.bytes())
                            + " bytes (run the same command again to go on from there)");
                }
                listener.step(outcome.trouble() + ", going on");
                Thread.sleep(outcome.pause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted");
        } finally {
            client.shutdownNow();
        }
    }

    /** One request. */
    private Outcome transfer(HttpClient client, Target target, Path part, PullListener listener)
            throws IOException, SourceException, InterruptedException {
        Reply response;
        try {
            response = ask(client, target.address(), sizeOf(part));
        } catch (IOException e) {
            return new Outcome("the connection broke off", false, limits.pause());
        }
        try (var body = response.body()) {
            int status = response.status();
            if (status == 429 || status == 503) {
                return new Outcome(
                        target.address().getAuthority() + " answered " + status + " (busy)", true, pause(response));
            }
            if (status == 416 && target.bytes() < 0) {
                return new Outcome("", false, limits.pause()); // all of it is here already
            }
            long start = startOf(response, target, sizeOf(part));
            long announced =
                    response.headers().firstValueAsLong("Content-Length").orElse(-1);
            long bytes = target.bytes() >= 0 ? target.bytes() : announced < 0 ? -1 : start + announced;
            if (announced >= 0 && start + announced != bytes) {
                throw new SourceException("the server offers " + (start + announced) + " bytes, expected are " + bytes);
            }
            return new Outcome(copy(body, part, start, bytes, listener), false, limits.pause());
        }
    }

    private Duration pause(Reply response) {
        try {
            long seconds = response.headers().firstValueAsLong("Retry-After").orElse(0);
            var asked = Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_WAIT_SECONDS));
            return asked.compareTo(limits.pause()) > 0 ? asked : limits.pause();
        } catch (NumberFormatException e) {
            return limits.pause(); // a date
        }
    }

    private Reply ask(HttpClient client, URI address, long from)
            throws IOException, SourceException, InterruptedException {
        var at = address;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            checkAddress(at);
            var request = HttpRequest.newBuilder(at).timeout(limits.stall()).header("User-Agent", "hayloft");
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            if (!access.token().isEmpty() && access.host().equals(at.getAuthority())) {
                request.header("Authorization", "Bearer " + access.token());
            }
            var response = send(client, request.build());
            var location = response.headers().firstValue("Location");
            if (response.status() / 100 != 3 || location.isEmpty()) {
                return response;
            }
            close(response);
            at = redirected(at, location.get());
        }
        throw new SourceException("the server redirects in circles");
    }

    /** Refuses what the client would answer with an exception of its own. */
    private static void checkAddress(URI address) throws SourceException {
        var scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        if (!web || address.getHost() == null || address.getPort() > MOST_PORT) {
            throw new SourceException("'" + address + "' is not a web address");
        }
    }

    private static URI redirected(URI from, String to) throws SourceException {
        try {
            return from.resolve(to);
        } catch (IllegalArgumentException e) {
            throw new SourceException("the server redirects to '" + to + "', which is not an address");
        }
    }

    private static Reply send(HttpClient client, HttpRequest request)
            throws IOException, SourceException, InterruptedException {
        var host = request.uri().getAuthority();
        var reply = new AtomicReference<@Nullable Reply>();
        try {
            client.send(request, head -> {
                var body = new ReceivedBytes();
                reply.set(new Reply(head.statusCode(), head.headers(), body));
                return body;
            });
            return Objects.requireNonNull(reply.get());
        } catch (HttpConnectTimeoutException e) {
            throw new SourceException("no connection to " + host + " in time");
        } catch (HttpTimeoutException e) {
            throw new SourceException(host + " did not answer in time");
        } catch (ConnectException e) {
            var unknown = hasCause(e, UnresolvedAddressException.class) || hasCause(e, UnknownHostException.class);
            throw new SourceException("cannot reach " + host + (unknown ? " (its name does not resolve)" : ""));
        } catch (IOException e) {
            // The connection may break while the answer is handed over: its first bytes are here all the same.
            var begun = reply.get();
            if (begun == null) {
                throw e;
            }
            return begun;
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
    private static long startOf(Reply response, Target target, long asked) throws SourceException {
        int status = response.status();
        var host = target.address().getAuthority();
        return switch (status) {
            case 200 -> 0;
            case 206 -> {
                var range = response.headers().firstValue("Content-Range").orElse("");
                if (!range.startsWith("bytes " + asked + "-")) {
                    throw new SourceException("the server sent the range '" + range + "', asked was from " + asked);
                }
                yield asked;
            }
            case 401, 403 -> throw new SourceException(host + " refused (" + status + "): " + target.terms());
            case 404 -> throw new SourceException("not found (404): " + target.missing());
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
                if (bytes >= 0 && at + n > bytes) {
                    throw new SourceException("the server sends more than the expected " + bytes + " bytes");
                }
                out.write(buffer, 0, n);
                at += n;
                listener.progress(at, Math.max(at, bytes));
            }
            if (bytes < 0 || at == bytes) {
                return "";
            }
            return guard.stalled() ? "the transfer stalled" : "the transfer broke off";
        }
    }

    private static long sizeOf(Path part) throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    private static void close(Reply response) {
        try {
            response.body().close();
        } catch (IOException e) {
            // The connection is given up anyway.
        }
    }
}
