package io.hayloft.cli;

import java.io.PrintWriter;
import java.util.function.Supplier;

/** Says how to go on when a command is stopped from the keyboard before this is closed. */
final class Farewell implements AutoCloseable {
    private final Thread hook;

    /** @param words the line to print; empty if there is nothing to go on with */
    Farewell(PrintWriter err, Supplier<String> words) {
        this.hook = new Thread(
                () -> {
                    var line = words.get();
                    if (!line.isEmpty()) {
                        err.printf("%n%s%n", line);
                        err.flush();
                    }
                },
                "farewell");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        takeBack();
    }

    /** Takes it back; returns whether the program goes on, and what it shows is still to be closed. */
    boolean takeBack() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return true;
        } catch (IllegalStateException e) {
            return false; // the program is being left, and the farewell says what there is to say
        }
    }
}
