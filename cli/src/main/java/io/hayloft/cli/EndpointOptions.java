package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.endpoint.Api;
import io.hayloft.bench.endpoint.ApiClient;
import io.hayloft.bench.endpoint.Endpoint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a bench that a server answers. */
final class EndpointOptions {
    private static final String CONCURRENCY = "4";
    private static final String TIMEOUT = "600";

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description =
                    "Let a server with an OpenAI-compatible interface, such as http://localhost:8000/v1, answer in"
                        + " place of methods; its answers are one more row. --model then names the tokenizer, in which"
                        + " prompts are measured and cut; its weights are not loaded. The variable HAYLOFT_API_KEY may"
                        + " hold an access key.")
    private @Nullable String url;

    @Option(names = "--api-model", paramLabel = "NAME", description = "Name of the model at the server.")
    private @Nullable String apiModel;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "Name of the server's row, such as vllm-fp8kv. Default: that of --api-model.")
    private @Nullable String label;

    @Option(
            names = "--api",
            paramLabel = "NAME",
            description = "chat or completions: where all prompts go. Default: auto, prompts that want a chat format to"
                    + " the chat, all others as they are to the completions.")
    private @Nullable String api;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Requests to the server at a time. Default: " + CONCURRENCY + ".")
    private @Nullable Integer concurrency;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Longest wait for an answer of the server. Default: " + TIMEOUT + ".")
    private @Nullable Integer timeout;

    /** The server; null if none was named. */
    @Nullable
    Endpoint endpoint() {
        if (url == null) {
            if (apiModel != null || label != null || api != null || concurrency != null || timeout != null) {
                throw new UserError("--api-model, --label, --api, --concurrency and --timeout are about a server: name"
                        + " it with --endpoint");
            }
            return null;
        }
        int seconds = timeout == null ? Integer.parseInt(TIMEOUT) : timeout;
        return Endpoint.of(
                url,
                apiModel == null ? "" : apiModel,
                label,
                api == null ? Api.AUTO : Api.parse(api),
                concurrency == null ? Integer.parseInt(CONCURRENCY) : concurrency,
                Endpoint.Limits.STANDARD.withTimeout(Duration.ofSeconds(seconds)));
    }

    /** The access key of the server; empty for none. */
    static String key() {
        return System.getenv().getOrDefault(ApiClient.KEY, "").strip();
    }
}
