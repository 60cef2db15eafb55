package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.endpoint.Endpoint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a bench that a server answers. */
final class EndpointOptions {
    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "Ask a server with an OpenAI-compatible interface, such as http://localhost:8000/v1, in place of"
                    + " running methods; its answers are one more row. --model then only counts tokens. HAYLOFT_API_KEY"
                    + " may hold an access key.")
    private @Nullable String url;

    @Option(names = "--api-model", paramLabel = "NAME", description = "Name of the model at the server.")
    private String apiModel = "";

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "Name of the server's row, such as vllm-fp8kv. Default: that of --api-model.")
    private @Nullable String label;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "4",
            description = "Requests to the server at a time. Default: ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Longest wait for an answer of the server. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    /** The server; null if none was named. */
    @Nullable Endpoint endpoint() {
        if (url == null) {
            if (!apiModel.isEmpty() || label != null) {
                throw new UserError("--api-model and --label are of a server: name it with --endpoint");
            }
            return null;
        }
        var standard = Endpoint.Limits.STANDARD;
        var limits = new Endpoint.Limits(Duration.ofSeconds(timeout), standard.retries(), standard.pause());
        return Endpoint.of(url, apiModel, label == null ? apiModel : label, concurrency, limits);
    }

    /** The access key of the server; empty for none. */
    static String key() {
        return System.getenv().getOrDefault("HAYLOFT_API_KEY", "").strip();
    }
}
