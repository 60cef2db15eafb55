package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tokenizer.ChatFormat;
import io.hayloft.tokenizer.ChatMessage;
import io.hayloft.tokenizer.ThinkTags;
import io.hayloft.tokenizer.Tokenizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Turns prompts into tokens. All protocols make the same tokens of a prompt; all but the question-aware one only compress
 * earlier, where the tokens of the context end.
 */
final class PromptEncoder implements TokenCounter {
    private final Tokenizer tokenizer;
    private Optional<ChatFormat> chat;

    PromptEncoder(Tokenizer tokenizer, Optional<ChatFormat> chat) {
        this.tokenizer = tokenizer;
        this.chat = chat;
    }

    @Override
    public int[] encode(String text) {
        return tokenizer.encode(text, false, false);
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(ids, true);
    }

    @Override
    public int startTokens() {
        return tokenizer.encode("a", true, false).length - encode("a").length;
    }

    /** See {@link SampleRunner#pieces}; of a character of several tokens the last one has it. */
    List<String> pieces(int[] ids) {
        var stream = tokenizer.stream(false);
        var pieces = new ArrayList<String>();
        for (int id : ids) {
            pieces.add(stream.push(id));
        }
        if (!pieces.isEmpty()) {
            pieces.add(pieces.removeLast() + stream.flush());
        }
        return pieces;
    }

    /** Sets the time that the chat format sees from now on. */
    void renderAt(Clock clock) {
        chat = chat.map(format -> format.withClock(clock));
    }

    /** See {@link SampleRunner#repeatedBos}. */
    OptionalInt repeatedBos() {
        var bos = tokenizer.bosId();
        boolean both = bos.isPresent() && startTokens() > 0 && message().startsWith(tokenizer.token(bos.getAsInt()));
        return both ? bos : OptionalInt.empty();
    }

    /** Returns whether the chat format marks a user's message with {@code [INST]}, as Mistral's does. */
    boolean hasInstructionTags() {
        return message().contains("[INST]");
    }

    /** Returns whether answers in the chat format may have thoughts: not if the prompt itself ends a block of them. */
    boolean leavesRoomFor(ThinkTags tags) {
        return !tags.closedAtEnd(message());
    }

    /** A short message in the chat format; empty if there is none. */
    private String message() {
        return chat.map(format -> format.render(List.of(new ChatMessage("user", "a")), true))
                .orElse("");
    }

    /** The token that ends an answer of one line: the last one of a line feed alone. */
    int newlineToken() {
        var ids = encode("\n");
        return ids.length == 0 ? -1 : ids[ids.length - 1];
    }

    /**
     * The prompt as the model will see it.
     *
     * @throws UserError if the protocol compresses before the question and the prompt cannot be split: it would silently become
     *     question-aware
     */
    EncodedPrompt encode(Prompt prompt, Protocol protocol) {
        if (!prompt.earlier().isEmpty()) {
            return encodeConversation(prompt, protocol);
        }
        if (prompt.chat() && chat.isPresent()) {
            return encodeChat(chat.get(), prompt, protocol);
        }
        var ids = tokenizer.encode(prompt.text(), true, false);
        requireParts(prompt, protocol);
        if (protocol == Protocol.QUESTION_AWARE) {
            return new EncodedPrompt(ids, ids.length);
        }
        return new EncodedPrompt(ids, shared(ids, tokenizer.encode(prompt.context(), true, false)));
    }

    /** See {@link SampleRunner#chatText}. */
    String chatText(Prompt prompt) {
        if (!prompt.chat() || chat.isEmpty()) {
            return prompt.text();
        }
        var text = chat.get().render(messages(chat.get(), prompt), true);
        var bos = repeatedBos();
        return bos.isPresent() ? text.substring(tokenizer.token(bos.getAsInt()).length()) : text;
    }

    /** The first question with the context; those after it by themselves, as each follows an answer. */
    private EncodedPrompt encodeConversation(Prompt prompt, Protocol protocol) {
        var questions = new ArrayList<>(prompt.earlier());
        questions.add(prompt.question());
        var first = new Prompt(prompt.instruction(), prompt.document(), questions.removeFirst(), false);
        var encoded = encode(first, protocol);
        return new EncodedPrompt(
                encoded.ids(),
                encoded.compressAfter(),
                questions.stream().map(this::encode).toList(),
                encoded.shared());
    }

    private EncodedPrompt encodeChat(ChatFormat format, Prompt prompt, Protocol protocol) {
        var messages = messages(format, prompt);
        var chat = format.rendered(messages, true, Map.of());
        var ids = ChatFormat.encode(tokenizer, chat);
        requireParts(prompt, protocol);
        if (protocol == Protocol.QUESTION_AWARE) {
            return new EncodedPrompt(ids, ids.length);
        }
        // templates may trim the message, so the context is looked for by what can be found of it
        var context = (messages.size() > 1 ? prompt.document() : prompt.context()).strip();
        int start = chat.text().indexOf(context);
        if (start < 0) {
            throw cannotSplit("the chat format changes its context");
        }
        var upToContext = chat.prefix(start + context.length());
        int withStart = shared(ids, tokenizer.encodeChat(upToContext, true));
        int without = shared(ids, tokenizer.encodeChat(upToContext, false));
        return new EncodedPrompt(ids, Math.max(withStart, without));
    }

    /** An instruction that is a system message goes into the user's where the format does not take it. */
    private static List<ChatMessage> messages(ChatFormat format, Prompt prompt) {
        return prompt.system() && format.takesSystemMessages()
                ? List.of(
                        new ChatMessage("system", prompt.instruction().strip()),
                        new ChatMessage("user", prompt.withoutInstruction()))
                : List.of(new ChatMessage("user", prompt.text()));
    }

    private static void requireParts(Prompt prompt, Protocol protocol) {
        if (protocol != Protocol.QUESTION_AWARE
                && (prompt.context().isBlank() || prompt.question().isBlank())) {
            throw cannotSplit(prompt.context().isBlank() ? "it has no context" : "it has no question");
        }
    }

    private static UserError cannotSplit(String why) {
        return new UserError("a prompt cannot be compressed before its question, as " + why
                + ": use --protocol question-aware or other --tasks");
    }

    /** Length of the common beginning; at least 1, so that there is something to compress. */
    private static int shared(int[] all, int[] part) {
        int length = 0;
        while (length < all.length && length < part.length && all[length] == part[length]) {
            length++;
        }
        return Math.max(1, Math.min(length, all.length));
    }
}
