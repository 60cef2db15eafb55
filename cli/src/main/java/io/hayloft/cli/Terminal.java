package io.hayloft.cli;

import java.io.Console;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Facts about the terminal, which the launcher knows best. */
final class Terminal {
    /** Longest line of running text, however wide the terminal is. */
    static final int LONGEST_LINE = 100;

    /** Least width that anything is fitted to. */
    private static final int NARROWEST = 40;

    private static final int USUAL = 80;

    private Terminal() {}

    /**
     * Characters in a line of the terminal that shows the results; no bound where they go elsewhere. {@code COLUMNS} in the
     * environment is believed first.
     */
    static int width() {
        return columns(System.getenv("COLUMNS"))
                .or(() -> columns(System.getProperty("hayloft.columns")))
                .orElse(Integer.MAX_VALUE);
    }

    /** The same of the terminal behind the error stream. */
    static int errorWidth() {
        return columns(System.getenv("COLUMNS"))
                .or(() -> columns(System.getProperty("hayloft.error-columns")))
                .orElse(USUAL);
    }

    private static Optional<Integer> columns(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(number -> number.matches("[1-9][0-9]{0,4}"))
                .map(number -> Math.max(NARROWEST, Integer.parseInt(number)));
    }

    /**
     * A text in lines that fit the terminal and have at most 100 characters, as far as its words allow.
     *
     * @param first what stands before the first line
     * @param others what stands before the others
     */
    static String wrapped(String first, String others, String text) {
        return wrapped(first, others, text, Math.min(width(), LONGEST_LINE));
    }

    /** The same in lines of at most so many characters. */
    static String wrapped(String first, String others, String text, int width) {
        var lines = new StringBuilder();
        var line = new StringBuilder(first);
        boolean begun = false;
        for (var word : text.split(" ", -1)) {
            if (begun && line.length() + 1 + word.length() > width) {
                lines.append(line).append(System.lineSeparator());
                line = new StringBuilder(others);
                begun = false;
            }
            line.append(begun ? " " : "").append(word);
            begun = true;
        }
        return lines.append(line).toString();
    }

    /** Returns whether a person watches the error stream, so that a line may be drawn again. */
    static boolean interactive() {
        return Optional.ofNullable(System.getProperty("hayloft.terminal"))
                .map(Boolean::parseBoolean)
                .orElseGet(() -> Optional.ofNullable(System.console())
                        .map(Console::isTerminal)
                        .orElse(false));
    }

    /**
     * Returns whether a prompt may be in the standard input: a pipe or a file is behind it, as far as the launcher knows;
     * without that, it has bytes that wait.
     */
    static boolean piped() {
        var launcher = System.getProperty("hayloft.piped");
        try {
            return launcher == null ? System.in.available() > 0 : Boolean.parseBoolean(launcher);
        } catch (IOException e) {
            return false;
        }
    }
}
