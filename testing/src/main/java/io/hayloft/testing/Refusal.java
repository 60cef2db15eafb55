package io.hayloft.testing;

import io.hayloft.base.UserError;

/** Checks that an error is one that users understand. */
public final class Refusal {
    private Refusal() {}

    /**
     * The error says, in one line, what is wrong with a file.
     *
     * @throws AssertionError if its message does not begin with the file's name, or has more than one line
     */
    public static void check(UserError e, String source) {
        if (!String.valueOf(e.getMessage()).startsWith(source)) {
            throw new AssertionError("does not begin with " + source + ": " + e.getMessage(), e);
        }
        checkOneLine(e);
    }

    /**
     * The error is one line.
     *
     * @throws AssertionError if its message has more
     */
    public static void checkOneLine(UserError e) {
        if (String.valueOf(e.getMessage()).contains("\n")) {
            throw new AssertionError("more than one line: " + e.getMessage(), e);
        }
    }
}
