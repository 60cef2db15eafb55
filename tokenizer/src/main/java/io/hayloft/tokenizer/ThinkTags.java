package io.hayloft.tokenizer;

import java.util.List;
import java.util.Optional;

/**
 * The texts between which a model writes its thoughts before it answers.
 *
 * @param open such as {@code <think>}
 * @param close such as {@code </think>}
 */
public record ThinkTags(String open, String close) {
    private static final List<ThinkTags> KNOWN = List.of(
            new ThinkTags("<think>", "</think>"),
            new ThinkTags("[THINK]", "[/THINK]"),
            new ThinkTags("<seed:think>", "</seed:think>"),
            new ThinkTags("<|START_THINKING|>", "<|END_THINKING|>"));

    /** The tags of a model that takes chats: those that its template writes, or else those that are tokens of its own. */
    public static Optional<ThinkTags> of(ChatFormat chat, Tokenizer tokenizer) {
        return KNOWN.stream()
                .filter(tags -> chat.mentions(tags.close))
                .findFirst()
                .or(() ->
                        KNOWN.stream().filter(tags -> tags.areTokens(tokenizer)).findFirst());
    }

    private boolean areTokens(Tokenizer tokenizer) {
        boolean opens = false;
        boolean closes = false;
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            var token = tokenizer.token(id);
            opens |= token.equals(open);
            closes |= token.equals(close);
        }
        return opens && closes;
    }

    /** Whether a text ends within a block of thoughts that has just begun, as prompts of some templates do. */
    public boolean openAtEnd(String text) {
        return text.stripTrailing().endsWith(open);
    }

    /** Whether a text ends after a block of thoughts, so that the answer follows at once. */
    public boolean closedAtEnd(String text) {
        return text.stripTrailing().endsWith(close);
    }
}
