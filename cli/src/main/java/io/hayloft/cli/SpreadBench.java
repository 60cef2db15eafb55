package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.run.SampleJob;
import io.hayloft.bench.run.Spread;
import java.io.PrintWriter;
import java.util.List;

/** The command line for programs whose samples are answered on other machines. */
public final class SpreadBench {
    private SpreadBench() {}

    /**
     * Runs a command line and returns its exit code.
     *
     * @param arguments {@code bench} and its options
     * @throws UserError if they name another command
     */
    public static int run(List<String> arguments, Spread spread) {
        if (arguments.isEmpty() || !arguments.getFirst().equals("bench")) {
            throw new UserError("only bench can be spread over machines: give bench and its options");
        }
        var out = new PrintWriter(System.out, true, System.out.charset());
        var err = new PrintWriter(System.err, true, System.err.charset());
        int code = Main.run(out, err, spread, arguments.toArray(String[]::new));
        out.flush();
        err.flush();
        return code;
    }

    /**
     * Loads the model of a run and chooses its samples, on a machine that answers some of them. The model stays loaded as
     * long as the program runs.
     *
     * @param arguments those of {@link #run}
     */
    public static SampleJob job(List<String> arguments) {
        return Main.job(arguments.toArray(String[]::new));
    }
}
