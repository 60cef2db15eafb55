package io.hayloft.benchmarks;

import io.hayloft.base.UserError;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs the command lines of this room. */
public final class Commands {
    private Commands() {}

    /** Runs a command and ends the process with its exit code: 2 and one line for mistakes of the user. */
    public static void run(Callable<Integer> command, String[] args) {
        var line = new CommandLine(command);
        line.setExecutionExceptionHandler((error, failed, parsed) -> {
            if (error instanceof UserError) {
                failed.getErr().println(failed.getCommandName() + ": " + error.getMessage());
                return 2;
            }
            throw error;
        });
        System.exit(line.execute(args));
    }
}
