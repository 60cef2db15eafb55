package io.hayloft.engine.fuzz;

import io.hayloft.base.UserError;

/** What an error for a broken file must look like. */
final class Refusal {
    private Refusal() {}

    /** Throws if the message is not one line that begins with the file's name. */
    static void check(UserError e, String source) {
        var message = String.valueOf(e.getMessage());
        if (!message.startsWith(source) || message.contains("\n")) {
            throw new AssertionError("not one line about " + source + ": " + message, e);
        }
    }
}
