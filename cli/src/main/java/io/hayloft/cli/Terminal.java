package io.hayloft.cli;

import java.io.Console;
import java.util.Optional;

/** Facts about the terminal behind the error stream. */
final class Terminal {
    private static final int WIDTH = 100;

    private Terminal() {}

    /**
     * A text in lines of at most 100 characters, as far as its words allow.
     *
     * @param first what stands before the first line
     * @param others what stands before the others
     */
    static String wrapped(String first, String others, String text) {
        var lines = new StringBuilder();
        var line = new StringBuilder(first);
        boolean begun = false;
        for (var word : text.split(" ", -1)) {
            if (begun && line.length() + 1 + word.length() > WIDTH) {
                lines.append(line).append(System.lineSeparator());
                line = new StringBuilder(others);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        return lines.append(line).toString();
    }

    /** Returns whether a person watches the error stream, so that a line may be drawn again. The launcher knows best. */
    static boolean interactive() {
        return Optional.ofNullable(System.getProperty("hayloft.terminal"))
                .map(Boolean::parseBoolean)
                .orElseGet(() -> Optional.ofNullable(System.console())
                        .map(Console::isTerminal)
                        .orElse(false));
    }
}
