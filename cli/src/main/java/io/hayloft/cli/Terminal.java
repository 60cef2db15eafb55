package io.hayloft.cli;

/** What is known of the terminal behind the error stream. */
final class Terminal {
    private Terminal() {}

    /** Whether a person watches the error stream, so that a line may be drawn again. The launcher knows best. */
    static boolean interactive() {
        var told = System.getProperty("hayloft.terminal");
        return told == null ? System.console() != null && System.console().isTerminal() : told.equals("true");
    }
}
