package io.hayloft.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Progress of a long piece of work. */
interface Bar extends AutoCloseable {
    /** So much is done; {@code remaining} is the time until the end, null if it is not known. */
    void show(long done, long of, @Nullable Duration remaining);

    /** Prints a line that stays. */
    void note(String line);

    /** Ends the display. */
    @Override
    void close();

    /**
     * A bar that is drawn again and again on a terminal, a line now and then elsewhere.
     *
     * @param name what is being done, in a few words
     * @param unit name of the unit behind the numbers, such as {@code MB}
     * @param unitSize how many steps make one unit
     */
    static Bar open(PrintWriter err, String name, String unit, long unitSize) {
        return Terminal.interactive()
                ? new DrawnBar(err, name, unit, unitSize, Terminal.errorWidth())
                : new PrintedBar(err, name, unit, unitSize, Duration.ofSeconds(10));
    }
}
