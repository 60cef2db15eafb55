package io.hayloft.bench;

import io.hayloft.base.UserError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The user's wishes for chats.
 *
 * @param templateArguments variables that the chat template gets, by name
 * @param think whether the model should think before it answers; null leaves it to the template
 * @param maxThinkingTokens most tokens of the thoughts before an answer; null for the default
 */
public record ChatChoice(
        Map<String, @Nullable Object> templateArguments,
        @Nullable Boolean think,
        @Nullable Integer maxThinkingTokens) {
    /** No wishes. */
    public static final ChatChoice NONE = new ChatChoice(Map.of(), null, null);

    /** Copies the map and refuses a negative budget. */
    public ChatChoice(
            Map<String, @Nullable Object> templateArguments,
            @Nullable Boolean think,
            @Nullable Integer maxThinkingTokens) {
        this.templateArguments =
                Collections.unmodifiableMap(new LinkedHashMap<String, @Nullable Object>(templateArguments));
        this.think = think;
        this.maxThinkingTokens = maxThinkingTokens;
        if (maxThinkingTokens != null && maxThinkingTokens < 0) {
            throw new UserError("--max-thinking-tokens must not be negative, but is " + maxThinkingTokens);
        }
    }
}
