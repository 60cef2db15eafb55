package io.hayloft.cli;

import static java.util.Objects.requireNonNull;

import io.hayloft.bench.run.SampleJob;
import io.hayloft.bench.run.Spread;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/** The entry point of {@code hayloft}. */
public final class Main {
    /** The user made a mistake. */
    static final int USER_ERROR = 2;

    /** Hayloft made one. */
    static final int DEFECT = 1;

    private static final int HELP_WIDTH = 100;

    /** picocli takes no less. */
    private static final int LEAST_HELP_WIDTH = 55;

    private Main() {}

    /** Runs the command that the arguments name and exits with its code. */
    public static void main(String[] arguments) {
        useErrorStreamOfLauncher();
        var out = new PrintWriter(System.out, true, System.out.charset());
        var err = new PrintWriter(System.err, true, System.err.charset());
        int code = run(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return run(commandLine(), out, err, arguments);
    }

    /** Runs a command; the samples of bench are answered by {@code spread}. */
    static int run(PrintWriter out, PrintWriter err, Spread spread, String... arguments) {
        var line = commandLine();
        bench(line).spread(spread);
        return run(line, out, err, arguments);
    }

    /**
     * Answers the samples of a run on another machine.
     *
     * @param arguments as the user gave them, from the word bench on
     */
    static SampleJob job(String... arguments) {
        var line = commandLine().setExpandAtFiles(false);
        line.parseArgs(arguments);
        return bench(line).job();
    }

    private static CommandLine commandLine() {
        return new CommandLine(new RootCommand());
    }

    private static BenchCommand bench(CommandLine line) {
        return requireNonNull(line.getSubcommands().get("bench")).getCommand();
    }

    private static int run(CommandLine line, PrintWriter out, PrintWriter err, String... arguments) {
        line.setOut(out).setErr(err);
        // A value such as @ids.txt belongs to its option.
        line.setExpandAtFiles(false).setUsageHelpWidth(Math.clamp(Terminal.width(), LEAST_HELP_WIDTH, HELP_WIDTH));
        keepOrderOfOptions(line);
        line.setParameterExceptionHandler((error, _) -> Failures.usage(error));
        line.setExecutionExceptionHandler((error, command, _) -> Failures.execution(error, command));
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError e) {
            return Failures.outOfMemory(e, err);
        }
    }

    /** Help shows options as the commands list them, the important ones first. */
    private static void keepOrderOfOptions(CommandLine line) {
        line.getCommandSpec().usageMessage().sortOptions(false).sortSynopsis(false);
        line.getSubcommands().values().forEach(Main::keepOrderOfOptions);
    }

    /**
     * The launcher keeps the JVM's own warnings from the user: it hands over the real error stream as another descriptor,
     * whose number {@code HAYLOFT_ERROR_STREAM} holds. Should it not open, the launcher's filter shows what is printed.
     */
    private static void useErrorStreamOfLauncher() {
        var number = System.getenv("HAYLOFT_ERROR_STREAM");
        if (number == null) {
            return;
        }
        try {
            // Opening /dev/fd/3 anew would lose the position in a file that both streams go to.
            var field = FileDescriptor.class.getDeclaredField("fd");
            field.setAccessible(true);
            var descriptor = new FileDescriptor();
            field.setInt(descriptor, Integer.parseInt(number));
            var charset = Charset.forName(System.getProperty("stderr.encoding", "UTF-8"));
            System.setErr(new PrintStream(new FileOutputStream(descriptor), true, charset));
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.err.println("hayloft: errors are shown at the end (" + e + ")");
        }
    }
}
