package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import io.hayloft.tokenizer.jinja.JinjaTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a model wants a conversation written: the template that comes with it. */
public final class ChatFormat {
    private static final List<String> NAMED_TOKENS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    private static final Clock LOCAL = Clock.system(ZoneId.systemDefault());

    private final String source;
    private final String text;
    private final JinjaTemplate template;
    private final Map<String, Object> tokens;

    /**
     * @param source names the file in errors
     * @param tokens texts of special tokens by the names that templates use, such as {@code bos_token}
     */
    ChatFormat(String source, String template, Map<String, Object> tokens, Clock clock) {
        this.source = source;
        text = template;
        this.template = new JinjaTemplate(template, clock);
        this.tokens = Map.copyOf(tokens);
    }

    /** The same format at another time: some templates write the date, which changes the prompt from day to day. */
    public ChatFormat withClock(Clock clock) {
        return new ChatFormat(source, text, tokens, clock);
    }

    /**
     * The template in a Hugging Face folder: {@code chat_template.jinja}, or {@code chat_template} in
     * {@code tokenizer_config.json} or {@code chat_template.json}; empty for base models.
     */
    public static Optional<ChatFormat> fromFolder(Path folder) {
        var configFile = folder.resolve("tokenizer_config.json");
        var config = Files.isRegularFile(configFile) ? JsonFile.read(configFile) : null;
        var tokens = new HashMap<String, Object>();
        for (var name : NAMED_TOKENS) {
            var text = config == null ? "" : EndTokens.text(config.path(name));
            if (!text.isEmpty()) {
                tokens.put(name, text);
            }
        }
        var own = folder.resolve("chat_template.jinja");
        if (Files.isRegularFile(own)) {
            return Optional.of(new ChatFormat(own.toString(), JsonFile.text(own), tokens, LOCAL));
        }
        var file = configFile;
        var template = config == null ? null : template(config);
        if (template == null) {
            file = folder.resolve("chat_template.json");
            template = Files.isRegularFile(file) ? template(JsonFile.read(file)) : null;
        }
        return template == null
                ? Optional.empty()
                : Optional.of(new ChatFormat(file.toString(), template, tokens, LOCAL));
    }

    /** One text, or a list of named ones of which {@code default} is for chats. */
    private static @Nullable String template(JsonNode config) {
        var given = config.path("chat_template");
        if (given.isString()) {
            return given.asString();
        }
        for (var named : given) {
            if (named.path("name").asString("").equals("default")) {
                return named.path("template").asString("");
            }
        }
        return null;
    }

    /**
     * The template in a GGUF file's metadata; empty for base models.
     *
     * @param source names the file in errors
     */
    public static Optional<ChatFormat> fromGguf(Map<String, Object> metadata, String source) {
        if (!(metadata.get("tokenizer.chat_template") instanceof String template)) {
            return Optional.empty();
        }
        var vocabulary = new GgufVocabulary(metadata, source);
        var fields = Map.of("bos_token", "bos", "eos_token", "eos", "pad_token", "padding", "unk_token", "unknown");
        var tokens = new HashMap<String, Object>();
        fields.forEach((name, field) -> {
            int id = vocabulary.special(field + "_token_id");
            if (id >= 0) {
                tokens.put(name, vocabulary.token(id));
            }
        });
        return Optional.of(new ChatFormat(source, template, tokens, LOCAL));
    }

    /**
     * The conversation as text, special tokens written out.
     *
     * @param addGenerationPrompt ends with what starts the assistant's answer
     * @throws UserError if the template does not take these messages
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return render(messages, addGenerationPrompt, Map.of());
    }

    /** As above, with further variables that a template may ask for, such as {@code enable_thinking}. */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, ?> further) {
        var turns = new ArrayList<Map<String, Object>>();
        for (var message : messages) {
            var turn = new LinkedHashMap<String, Object>();
            turn.put("role", message.role());
            turn.put("content", message.content());
            turns.add(turn);
        }
        var variables = new HashMap<String, Object>(tokens);
        variables.putAll(further);
        variables.put("messages", turns);
        variables.put("add_generation_prompt", addGenerationPrompt);
        try {
            return template.render(variables);
        } catch (UserError e) {
            throw new UserError(source + ": " + e.getMessage(), e);
        }
    }

    /** The conversation as ids; the start token stands in front once, whether template or tokenizer brings it. */
    public int[] encode(Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
        var text = render(messages, addGenerationPrompt);
        var bos = tokenizer.bosId();
        boolean starts = bos.isPresent() && text.startsWith(tokenizer.token(bos.getAsInt()));
        return tokenizer.encode(text, !starts, true);
    }
}
