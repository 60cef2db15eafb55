package io.hayloft.tokenizer;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        for (var tags : KNOWN) {
            if (chat.mentions(tags.close)) {
                return Optional.of(tags);
            }
        }
        var tokens = possible(tokenizer);
        for (var tags : KNOWN) {
            if (tokens.contains(tags.open) && tokens.contains(tags.close)) {
                return Optional.of(tags);
            }
        }
        return Optional.empty();
    }

    /** The tokens that begin as tags do, few of a vocabulary. */
    private static Set<String> possible(Tokenizer tokenizer) {
        var tokens = new HashSet<String>();
        int size = tokenizer.vocabularySize();
        for (int id = 0; id < size; id++) {
            var token = tokenizer.token(id);
            if (token.startsWith("<") || token.startsWith("[")) {
                tokens.add(token);
            }
        }
        return tokens;
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
