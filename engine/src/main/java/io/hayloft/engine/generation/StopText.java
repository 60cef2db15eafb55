package io.hayloft.engine.generation;

import io.hayloft.base.UserError;

/**
 * Ends a completion at the first occurrence of a text; the completion's text ends before it.
 *
 * @param text what ends the completion, such as a line feed
 * @param afterTokens occurrences within this many first tokens do not count
 */
public record StopText(String text, int afterTokens) {
    /** Checks that there is something to find. */
    public StopText {
        if (text.isEmpty() || afterTokens < 0) {
            throw new UserError("a stop text must not be empty, and the tokens before it not negative");
        }
    }

    /** Ends at the first line feed after this many tokens. */
    public static StopText newline(int afterTokens) {
        return new StopText("\n", afterTokens);
    }
}
