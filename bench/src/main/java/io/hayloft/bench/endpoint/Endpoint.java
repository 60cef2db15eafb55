package io.hayloft.bench.endpoint;

import io.hayloft.base.UserError;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.registry.Methods;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A server that answers prompts.
 *
 * @param base address before {@code /chat/completions}, such as {@code http://localhost:8000/v1}
 * @param model name that the server knows its model by
 * @param label name of its row in tables
 * @param concurrency requests at a time
 * @param limits patience with it
 */
public record Endpoint(URI base, String model, String label, int concurrency, Limits limits) {
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,79}");

    /**
     * Patience with a server.
     *
     * @param timeout longest wait for a whole answer
     * @param retries tries after the first
     * @param pause wait before the first of them, which doubles each time, unless the server names another
     */
    public record Limits(Duration timeout, int retries, Duration pause) {
        /** Ten minutes, five retries after 1, 2, 4 ... seconds. */
        public static final Limits STANDARD = new Limits(Duration.ofMinutes(10), 5, Duration.ofSeconds(1));
    }

    /**
     * Reads an address; one without a path gets {@code /v1}.
     *
     * @throws UserError if a part is not what it should be
     */
    public static Endpoint of(String url, String model, String label, int concurrency, Limits limits) {
        if (model.isBlank()) {
            throw new UserError("--endpoint needs the name of a model at the server: give --api-model");
        }
        if (!LABEL.matcher(label).matches()) {
            throw new UserError("--label '" + label + "' is no name for a row: use letters, digits and . _ / -");
        }
        if (methodNames().contains(label)) {
            throw new UserError("--label '" + label + "' is the name of a method: give the row another name");
        }
        if (concurrency < 1 || limits.timeout().isZero() || limits.timeout().isNegative()) {
            throw new UserError("--concurrency and --timeout must be at least 1");
        }
        return new Endpoint(base(url), model, label, concurrency, limits);
    }

    private static List<String> methodNames() {
        return Methods.all().stream().map(MethodInfo::name).toList();
    }

    private static URI base(String url) {
        try {
            var uri = new URI(url.replaceAll("/+$", ""));
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getQuery() == null) {
                return uri.getPath().isEmpty() ? URI.create(uri + "/v1") : uri;
            }
        } catch (URISyntaxException e) {
            // told below, with the same words as an address of another kind
        }
        throw new UserError("--endpoint '" + url + "' is no web address such as http://localhost:8000/v1");
    }
}
