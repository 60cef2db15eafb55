package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.report.stats.Warnings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one method to a prompt, and what the method saved. Where it shortened the prompt, its cache is compared with
 * the full cache of the prompt as it was given.
 *
 * @param prompt the prompt that it read
 * @param fullBytes bytes of the full cache of the prompt as it was given
 * @param blockBytes the same for a cache as it lies in memory, rounded up to blocks
 */
record MethodAnswer(
        Method method, PromptOptions.Tokens prompt, Completion completion, long fullBytes, long blockBytes) {
    /** Caches grow by this many tokens at a time. */
    private static final int BLOCK = 32;

    /** @param cacheType how the full cache is stored */
    static MethodAnswer of(
            LanguageModel model, KvCodec cacheType, Method method, PromptOptions.Tokens prompt, Completion completion) {
        int tokens = completion.promptTokens() + prompt.dropped();
        var shape = model.cacheShape();
        long blocks = shape.fullBytes(Math.ceilDiv(tokens, BLOCK) * BLOCK, cacheType);
        return new MethodAnswer(method, prompt, completion, shape.fullBytes(tokens, cacheType), blocks);
    }

    /** How a method shortens the prompt; empty if it leaves the text as it is. */
    static Optional<PromptStep> shortening(Method method) {
        return method.prompt().filter(step -> !step.keepsAll());
    }

    /** Whether the method is to change nothing: neither the prompt nor its cache. */
    boolean keepsAll() {
        return method.keepsAll() && shortening(method).isEmpty();
    }

    /** Bytes of the full cache of the prompt as it was given, over those stored. */
    double ratio() {
        return (double) fullBytes / Math.max(1, completion.bytes().stored());
    }

    /** The bytes that the cache stores and, where a part of that is a recurrent state, those of the state, for people. */
    String stored() {
        var bytes = completion.bytes();
        var stored = Sizes.bytes(bytes.stored());
        return bytes.state() > 0 ? stored + " (of which state " + Sizes.bytes(bytes.state()) + ")" : stored;
    }

    /** The remark that the method saved less than it was asked for; empty if it did not. */
    Optional<String> note() {
        boolean nothingSaved = completion.bytes().stored() >= blockBytes;
        if (!method.keepsAll() && method.prompt().isEmpty() && nothingSaved) {
            return Optional.of("a prompt of " + completion.promptTokens() + " tokens is too short for " + method.name()
                    + " to compress anything");
        }
        return Warnings.missedRatio(method.name(), ratio(), method.requestedRatio());
    }

    /** The fields of a JSON object, in their order. */
    Map<String, @Nullable Object> fields(String model, String backend) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("prompt_ids", prompt.ids());
        fields.put("ids", completion.ids());
        fields.put("text", completion.text());
        fields.put("thoughts", completion.thoughts());
        fields.put("top", completion.top());
        fields.put("stop_reason", completion.stop().name().toLowerCase(Locale.ROOT));
        fields.put("read_bytes", completion.bytes().read());
        fields.put("stored_bytes", completion.bytes().stored());
        fields.put("full_cache_bytes", fullBytes);
        fields.put("state_bytes", completion.bytes().state());
        fields.put("achieved_ratio", ratio());
        fields.put("model", model);
        fields.put("backend", backend);
        fields.put("method", method.name());
        fields.put("prompt_tokens", completion.promptTokens());
        fields.put("generated_tokens", completion.ids().length);
        fields.put("thinking_tokens", completion.thinkingTokens());
        fields.put("prefill_seconds", completion.times().prefillSeconds());
        fields.put("compress_seconds", completion.times().compressSeconds());
        fields.put("decode_seconds", completion.times().shareSeconds());
        fields.put("decode_steps", completion.times().decodeSteps());
        return fields;
    }
}
