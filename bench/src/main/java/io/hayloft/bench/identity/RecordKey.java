package io.hayloft.bench.identity;

import io.hayloft.bench.BenchSpec;
import java.util.LinkedHashMap;

/**
 * Everything that decides what a method writes on a sample, and nothing else: times depend on more, scores on the metric.
 * Two records with the same key have the same output.
 *
 * @param program the arithmetic
 * @param row the method
 * @param request the sample and when its answer ends
 * @param prompt the tokens that the model reads
 */
public record RecordKey(Program program, Row row, Request request, Prompt prompt) {
    /** Raised when the engine or the records change so that older outputs must not mix with new ones. */
    public static final String VERSION = "hayloft-record/7";

    /**
     * Model and arithmetic.
     *
     * @param modelHash SHA-256 of the model's files
     * @param cacheType how the full cache is stored
     * @param backend what multiplies matrices in prefills
     * @param backendDetails version and instruction set of a backend; empty for Java
     * @param templateArguments what the user gave to the chat template, as JSON; empty for nothing
     */
    public record Program(
            String modelHash, String cacheType, String backend, String backendDetails, String templateArguments) {
        /** The arithmetic of a model in a run. */
        public static Program of(ModelFacts model, BenchSpec spec) {
            return new Program(
                    model.hash(),
                    spec.cacheType(),
                    model.backend(),
                    model.backendDetails(),
                    RunSettings.templateArguments(spec.chat()));
        }
    }

    /**
     * A method.
     *
     * @param method canonical expression of the row
     * @param version version of the method, which changes with its results
     * @param runsAs expression of the method that runs under this name: the same, but for {@code --paper-compat}
     * @param compressor hash of the weights that shorten the prompt; empty if there are none
     */
    public record Row(String method, int version, String runsAs, String compressor) {}

    /**
     * A sample and the rules of its answer.
     *
     * @param task name of the task
     * @param sample identifier within the task
     * @param length prompt length that was asked for; 0 if the task has its own
     * @param maxNewTokens longest answer
     * @param minNewTokens tokens before which nothing ends it
     * @param stopAtNewline whether the line feed token ends it
     * @param seed seed of methods that draw at random
     * @param maxThinkingTokens most tokens of the thoughts before the answer; -1 if none are kept apart
     */
    public record Request(
            String task,
            String sample,
            int length,
            int maxNewTokens,
            int minNewTokens,
            boolean stopAtNewline,
            long seed,
            int maxThinkingTokens) {}

    /**
     * A prompt in tokens, as one method reads it: in the chat format, with the date that this prints, and shortened if the
     * method does that.
     *
     * @param idsHash SHA-256 of the tokens
     * @param compressAfter tokens that the method has seen when it compresses
     */
    public record Prompt(String idsHash, int compressAfter) {}

    /** The key: 32 hex digits. */
    public String text() {
        var parts = new LinkedHashMap<String, Object>();
        parts.put("version", VERSION);
        parts.put("model", program.modelHash());
        parts.put("cache_type", program.cacheType());
        parts.put("backend", program.backend());
        parts.put("backend_details", program.backendDetails());
        parts.put("method", row.method());
        parts.put("method_version", row.version());
        parts.put("runs_as", row.runsAs());
        parts.put("compressor", row.compressor());
        parts.put("sampling", "greedy");
        parts.put("task", request.task());
        parts.put("sample", request.sample());
        parts.put("length", request.length());
        parts.put("max_new_tokens", request.maxNewTokens());
        parts.put("min_new_tokens", request.minNewTokens());
        parts.put("stop_at_newline", request.stopAtNewline());
        parts.put("seed", request.seed());
        parts.put("prompt_ids", prompt.idsHash());
        parts.put("compress_after", prompt.compressAfter());
        // Only where they are in use: records of other runs keep the keys that they had before there were thoughts.
        if (!program.templateArguments().isEmpty()) {
            parts.put("template_arguments", program.templateArguments());
        }
        if (request.maxThinkingTokens() >= 0) {
            parts.put("max_thinking_tokens", request.maxThinkingTokens());
        }
        return Hashes.of(parts);
    }
}
