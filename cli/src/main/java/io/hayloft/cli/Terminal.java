package io.hayloft.cli;

import java.io.Console;
import java.util.Optional;

/** What is known of the terminal behind the error stream. */
final class Terminal {
    private Terminal() {}

    /** Whether a person watches the error stream, so that a line may be drawn again. The launcher knows best. */
    static boolean interactive() {
        return Optional.ofNullable(System.getProperty("hayloft.terminal"))
                .map(Boolean::parseBoolean)
                .orElseGet(() -> Optional.ofNullable(System.console())
                        .map(Console::isTerminal)
                        .orElse(false));
    }
}
