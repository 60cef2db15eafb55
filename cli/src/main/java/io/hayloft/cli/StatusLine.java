package io.hayloft.cli;

import java.io.PrintWriter;

/** A line on a terminal that says what is going on and goes away again; nothing elsewhere. */
final class StatusLine implements AutoCloseable {
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean interactive;

    StatusLine(PrintWriter err) {
        this(err, Terminal.interactive());
    }

    StatusLine(PrintWriter err, boolean interactive) {
        this.err = err;
        this.interactive = interactive;
    }

    /** Shows a text in place of the one before. */
    void show(String text) {
        int most = Terminal.errorWidth() - 1; // a full line would wrap, and could not be cleared
        print(CLEAR_LINE + (text.length() > most ? text.substring(0, most) : text));
    }

    @Override
    public void close() {
        print(CLEAR_LINE);
    }

    private void print(String text) {
        if (interactive) {
            err.print(text);
            err.flush();
        }
    }
}
