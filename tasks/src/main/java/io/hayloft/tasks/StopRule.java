package io.hayloft.tasks;

/**
 * When an answer ends before its longest length; an end-of-sequence token always ends it.
 *
 * @param atNewline whether the token that is a line feed ends the answer too; other tokens that contain one do not
 * @param minNewTokens tokens that must come before any stop counts
 */
public record StopRule(boolean atNewline, int minNewTokens) {
    /** Only the end-of-sequence token ends the answer. */
    public static final StopRule END_OF_SEQUENCE = new StopRule(false, 0);
}
