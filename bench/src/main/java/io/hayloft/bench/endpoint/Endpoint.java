package io.hayloft.bench.endpoint;

import io.hayloft.base.UserError;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.registry.Methods;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers prompts.
 *
 * @param base address before {@code /chat/completions}, such as {@code http://localhost:8000/v1}
 * @param model name that the server knows its model by
 * @param label name of its row in tables
 * @param api interface that takes the prompts
 * @param concurrency most requests that wait for their answers at a time
 * @param limits when to give up
 */
public record Endpoint(URI base, String model, String label, Api api, int concurrency, Limits limits) {
    /** Names that no method expression has and that do not break a list of names. */
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:@-]{0,99}");

    /**
     * When to give up waiting for a server.
     *
     * @param timeout longest wait for a complete answer
     * @param retries tries after the first
     * @param pause wait before the first of them; doubles each time, unless the server names another
     */
    public record Limits(Duration timeout, int retries, Duration pause) {
        /** Ten minutes; five retries, after 1, 2, 4, 8 and 16 seconds. */
        public static final Limits STANDARD = new Limits(Duration.ofMinutes(10), 5, Duration.ofSeconds(1));

        /** The same with another timeout. */
        public Limits withTimeout(Duration other) {
            return new Limits(other, retries, pause);
        }
    }

    /**
     * Checks what a user has named. An address without a path gets {@code /v1}; one that ends with the path of an interface
     * loses that.
     *
     * @param label null for the model's name, with a dash for each character that a label cannot have
     * @throws UserError if a part is not what it should be
     */
    public static Endpoint of(
            String url, String model, @Nullable String label, Api api, int concurrency, Limits limits) {
        if (model.isBlank()) {
            throw new UserError("--endpoint needs the name of the model at the server: give --api-model");
        }
        if (concurrency < 1 || concurrency > 1024) {
            throw new UserError("--concurrency must be between 1 and 1024, not " + concurrency);
        }
        if (limits.timeout().compareTo(Duration.ofSeconds(1)) < 0) {
            throw new UserError("--timeout must be at least 1 second");
        }
        return new Endpoint(base(url), model, checked(label, model), api, concurrency, limits);
    }

    private static String checked(@Nullable String label, String model) {
        var name = label != null
                ? label
                : model.replaceAll("[^A-Za-z0-9._/:@-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
        if (!LABEL.matcher(name).matches()) {
            throw new UserError(
                    "'" + name + "' cannot name a row: give --label up to 100 letters, digits and . _ / : @ -");
        }
        var first = name.split(":", 2)[0];
        if (Methods.all().stream().map(MethodInfo::name).anyMatch(first::equals)) {
            throw new UserError("'" + name + "' is the name of a method: give the server's row another with --label");
        }
        return name;
    }

    private static URI base(String url) {
        var bare = url.strip().replaceAll("/+$", "").replaceAll("(/chat)?/completions$", "");
        try {
            var uri = new URI(bare);
            if (uri.getUserInfo() != null) {
                throw new UserError("--endpoint must not hold a user or password: put an access key into the variable "
                        + ApiClient.KEY);
            }
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
                return uri.getPath().isEmpty() ? URI.create(uri + "/v1") : uri;
            }
        } catch (URISyntaxException e) {
            // the same error as for an address of another kind
        }
        throw new UserError("--endpoint '" + url + "' is not a web address such as http://localhost:8000/v1");
    }
}
