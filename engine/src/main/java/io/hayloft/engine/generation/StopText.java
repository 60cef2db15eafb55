package io.hayloft.engine.generation;

/**
 * Ends a completion at the first occurrence of a text; the completion's text ends before it.
 *
 * @param text what ends the completion, such as a line feed
 * @param afterTokens occurrences within this many first tokens do not count
 */
public record StopText(String text, int afterTokens) {
    /** Ends at the first line feed after this many tokens. */
    public static StopText newline(int afterTokens) {
        return new StopText("\n", afterTokens);
    }
}
