package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.ChatChoice;
import io.hayloft.tokenizer.ChatArguments;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The options of commands that write chats in a model's format. */
final class ChatOptions {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Option(
            names = "--template-arg",
            paramLabel = "NAME=JSON",
            description = "A variable for the chat template, such as enable_thinking=false or"
                    + " reasoning_effort='\"low\"'. May be given several times.")
    private List<String> arguments = List.of();

    @Option(
            names = "--think",
            negatable = true,
            description = "Have a model that can do both think before it answers, or not. Default: as its chat template"
                    + " says.")
    private @Nullable Boolean think;

    @Option(
            names = "--max-thinking-tokens",
            paramLabel = "N",
            description = "Most tokens of the thoughts before an answer, which are kept apart from it; then they are"
                    + " ended. Default: 1024, but at most a quarter of the context.")
    private @Nullable Integer maxThinkingTokens;

    /** The wishes for chats. */
    ChatChoice choice() {
        return new ChatChoice(variables(), think, maxThinkingTokens);
    }

    /** The part of it that chat templates see. */
    ChatArguments arguments() {
        return new ChatArguments(variables(), think);
    }

    private Map<String, @Nullable Object> variables() {
        var variables = new LinkedHashMap<String, @Nullable Object>();
        for (var argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new UserError(
                        "--template-arg '" + argument + "' is not NAME=JSON, such as enable_thinking=false");
            }
            var name = argument.substring(0, equals).strip();
            if (variables.containsKey(name)) {
                throw new UserError("--template-arg gives '" + name + "' twice");
            }
            variables.put(name, value(name, argument.substring(equals + 1)));
        }
        return variables;
    }

    private static @Nullable Object value(String name, String json) {
        try {
            return STRICT.readValue(json, Object.class);
        } catch (JacksonException e) {
            throw new UserError(
                    "--template-arg " + name + ": '" + json
                            + "' is not JSON: a text needs double quotes, truth values are" + " true and false",
                    e);
        }
    }
}
