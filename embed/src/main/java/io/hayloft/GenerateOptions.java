package io.hayloft;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.generation.StopText;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.tokenizer.ChatArguments;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an answer is generated. Start from {@link #upTo} and change what differs.
 *
 * @param maxNewTokens greatest length of the answer in tokens, at least 1
 * @param temperature 0 takes the most likely token; higher values draw more freely
 * @param topP draws from the most likely tokens that together have this probability; 1 for all
 * @param seed seed of every draw
 * @param stopText text that ends the answer and is cut off; null for none
 * @param cacheType how a full cache is stored: {@code f32}, {@code f16} or {@code q8}
 * @param raw whether the prompt is given to the model as it is, without the chat template
 * @param chat values for the chat template
 * @param maxThinkingTokens most tokens of the thoughts before an answer, for models that write them; null for 1024, but at
 *     most a quarter of the context
 */
public record GenerateOptions(
        int maxNewTokens,
        double temperature,
        double topP,
        long seed,
        @Nullable String stopText,
        String cacheType,
        boolean raw,
        ChatArguments chat,
        @Nullable Integer maxThinkingTokens) {
    private static final List<String> CACHE_TYPES = List.of("f32", "f16", "q8");

    /**
     * Checks the values.
     *
     * @throws UserError naming the value that is out of range
     */
    public GenerateOptions {
        if (!CACHE_TYPES.contains(cacheType)) {
            throw Suggest.unknown("cache type", cacheType, CACHE_TYPES);
        }
        options(maxNewTokens, new Sampling(temperature, topP, seed), stopText, cacheType, seed);
    }

    /** Up to this many tokens, the most likely one each time, 16-bit cache, chat template where the model has one. */
    public static GenerateOptions upTo(int maxNewTokens) {
        return new GenerateOptions(maxNewTokens, 0, 1, 1, null, "f16", false, ChatArguments.NONE, null);
    }

    /** The same, but tokens are drawn. */
    public GenerateOptions sampled(double newTemperature, double newTopP, long newSeed) {
        return new GenerateOptions(
                maxNewTokens, newTemperature, newTopP, newSeed, stopText, cacheType, raw, chat, maxThinkingTokens);
    }

    /** The same, but the first occurrence of a text ends the answer. */
    public GenerateOptions stoppingAt(String text) {
        return new GenerateOptions(
                maxNewTokens, temperature, topP, seed, text, cacheType, raw, chat, maxThinkingTokens);
    }

    /** The same with another type of full cache. */
    public GenerateOptions withCacheType(String type) {
        return new GenerateOptions(maxNewTokens, temperature, topP, seed, stopText, type, raw, chat, maxThinkingTokens);
    }

    /** The same without the chat template. */
    public GenerateOptions withRawPrompt() {
        return new GenerateOptions(
                maxNewTokens, temperature, topP, seed, stopText, cacheType, true, chat, maxThinkingTokens);
    }

    /**
     * The same with a variable for the chat template.
     *
     * @param value null, text, a number, a boolean, or a list or map of such
     */
    public GenerateOptions withTemplateArgument(String name, @Nullable Object value) {
        var more = new LinkedHashMap<String, @Nullable Object>(chat.variables());
        more.put(name, value);
        return with(new ChatArguments(more, chat.think()), maxThinkingTokens);
    }

    /** The same, but a model that can do both thinks before it answers, or does not. */
    public GenerateOptions thinking(boolean think) {
        return with(new ChatArguments(chat.variables(), think), maxThinkingTokens);
    }

    /** The same with another limit for the thoughts before an answer. */
    public GenerateOptions withMaxThinkingTokens(int tokens) {
        return with(chat, tokens);
    }

    private GenerateOptions with(ChatArguments newChat, @Nullable Integer thinkingTokens) {
        return new GenerateOptions(
                maxNewTokens, temperature, topP, seed, stopText, cacheType, raw, newChat, thinkingTokens);
    }

    GenerationOptions forEngine() {
        return options(maxNewTokens, new Sampling(temperature, topP, seed), stopText, cacheType, seed);
    }

    private static GenerationOptions options(
            int maxNewTokens, Sampling sampling, @Nullable String stopText, String cacheType, long seed) {
        var greedy = GenerationOptions.greedy(maxNewTokens);
        return new GenerationOptions(
                maxNewTokens,
                0,
                sampling,
                greedy.stopIds(),
                stopText == null ? null : new StopText(stopText, 0),
                KvCodec.parse(cacheType),
                greedy.prefillChunk(),
                0,
                greedy.cacheMemory(),
                seed);
    }
}
