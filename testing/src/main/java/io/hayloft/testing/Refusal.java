package io.hayloft.testing;

import io.hayloft.base.UserError;

/** What an error for a broken file must look like. */
public final class Refusal {
    private Refusal() {}

    /** Throws if the message is not one line that begins with the file's name. */
    public static void check(UserError e, String source) {
        if (!String.valueOf(e.getMessage()).startsWith(source)) {
            throw new AssertionError("does not begin with " + source + ": " + e.getMessage(), e);
        }
        checkOneLine(e);
    }

    /** Throws if the message is not one line. */
    public static void checkOneLine(UserError e) {
        if (String.valueOf(e.getMessage()).contains("\n")) {
            throw new AssertionError("more than one line: " + e.getMessage(), e);
        }
    }
}
