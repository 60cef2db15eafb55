package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import io.hayloft.tokenizer.template.Content;
import io.hayloft.tokenizer.template.Rendered;
import io.hayloft.tokenizer.template.Template;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a model wants a conversation written: the template that comes with it. */
public final class ChatFormat {
    private static final List<String> NAMED_TOKENS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    /** An expression or a statement. */
    private static final Pattern CODE = Pattern.compile("\\{[{%](.*?)[}%]}", Pattern.DOTALL);

    private static final Clock LOCAL = Clock.system(ZoneId.systemDefault());

    private final String source;
    private final String text;
    private final Clock clock;
    private final Map<String, Object> tokens;
    private final Map<String, @Nullable Object> arguments;
    private @Nullable Template template;

    /**
     * @param source names the file in errors
     * @param tokens texts of special tokens by the names that templates use, such as {@code bos_token}
     */
    ChatFormat(String source, String template, Map<String, Object> tokens, Clock clock) {
        this(source, template, tokens, Map.of(), clock);
    }

    private ChatFormat(
            String source,
            String template,
            Map<String, Object> tokens,
            Map<String, @Nullable Object> arguments,
            Clock clock) {
        this.source = source;
        text = template;
        this.clock = clock;
        this.tokens = Map.copyOf(tokens);
        this.arguments = arguments;
    }

    /** The same format at another time: some templates write the date, which changes the prompt from day to day. */
    public ChatFormat withClock(Clock clock) {
        return new ChatFormat(source, text, tokens, arguments, clock);
    }

    /**
     * The same format with values that the user gives to its template.
     *
     * @throws UserError if the template reads no variable of such a name
     */
    public ChatFormat with(ChatArguments given) {
        return given.isEmpty() ? this : new ChatFormat(source, text, tokens, given.forTemplate(this), clock);
    }

    /** Whether the template's own text has this text in it, such as a tag. */
    public boolean mentions(String part) {
        return text.contains(part);
    }

    /** Whether the template reads a variable of this name. */
    boolean reads(String variable) {
        var name = Pattern.compile("(?<![\\w.'\"])" + Pattern.quote(variable) + "(?![\\w'\"])");
        var code = CODE.matcher(text);
        while (code.find()) {
            if (name.matcher(code.group(1)).find()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the template writes down messages of role system; some refuse them, some leave them out. */
    public boolean takesSystemMessages() {
        var messages = List.of(new ChatMessage("system", "rule"), new ChatMessage("user", "text"));
        try {
            return render(messages, true).contains("rule");
        } catch (UserError e) {
            return false;
        }
    }

    /** The file with the template. */
    String source() {
        return source;
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
     * Returns the conversation as text, special tokens written out.
     *
     * @param addGenerationPrompt ends with what starts the assistant's answer
     * @throws UserError if the template is broken or does not take these messages
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return rendered(messages, addGenerationPrompt, Map.of()).text();
    }

    /** As above, with further variables that a template may ask for, such as {@code enable_thinking}. */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, ?> further) {
        return rendered(messages, addGenerationPrompt, further).text();
    }

    /** As above; the result also says which parts of the text are contents of messages. */
    public Rendered rendered(List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, ?> further) {
        var turns = new ArrayList<Map<String, Object>>();
        for (var message : messages) {
            var turn = new LinkedHashMap<String, Object>();
            turn.put("role", message.role());
            turn.put("content", new Content(message.content()));
            turns.add(turn);
        }
        var variables = new HashMap<String, @Nullable Object>(tokens);
        // Templates tell "no tools" from "a variable that nobody knows".
        variables.put("tools", null);
        variables.put("documents", null);
        variables.putAll(arguments);
        variables.putAll(further);
        variables.put("messages", turns);
        variables.put("add_generation_prompt", addGenerationPrompt);
        try {
            return template().render(variables, clock);
        } catch (UserError e) {
            throw new UserError(source + ": " + e.getMessage(), e);
        }
    }

    /** The template, read when it is first needed: a model with a broken one still continues plain text. */
    private synchronized Template template() {
        if (template == null) {
            template = Template.parse(text);
        }
        return template;
    }

    /**
     * Returns the conversation as ids. Contents of messages are plain text, whatever they say: only the template's own
     * text makes special tokens. The BOS token stands in front once, whether template or tokenizer brings it.
     */
    public int[] encode(Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
        return encode(tokenizer, rendered(messages, addGenerationPrompt, Map.of()));
    }

    /** As above, for a conversation that is rendered already. */
    public static int[] encode(Tokenizer tokenizer, Rendered chat) {
        return tokenizer.encodeChat(chat, !startsWithBos(tokenizer, chat));
    }

    private static boolean startsWithBos(Tokenizer tokenizer, Rendered chat) {
        if (tokenizer.bosId().isEmpty()) {
            return false;
        }
        var bos = tokenizer.token(tokenizer.bosId().getAsInt());
        return chat.text().startsWith(bos)
                && (chat.content().isEmpty() || chat.content().getFirst().from() >= bos.length());
    }
}
