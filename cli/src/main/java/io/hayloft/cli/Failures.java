package io.hayloft.cli;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into what the user reads, and into the exit code. */
final class Failures {
    private Failures() {}

    /** Wrong options or arguments: one line that points to the right ones. */
    static int usage(ParameterException error) {
        var line = error.getCommandLine();
        var text = error instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched)
                : plain(error.getMessage());
        line.getErr()
                .println("hayloft: " + oneLine(text) + " (see: "
                        + line.getCommandSpec().qualifiedName() + " --help)");
        return Main.USER_ERROR;
    }

    /** A command threw: a mistake of the user is reported in its own words, anything else is a defect. */
    static int execution(Exception error, CommandLine line) {
        var err = line.getErr();
        var root = (RootCommand) line.getCommandSpec().root().userObject();
        if (root.debug()) {
            error.printStackTrace(err);
        }
        if (error instanceof UserError) {
            err.println("hayloft: " + oneLine(error.getMessage()));
            return Main.USER_ERROR;
        }
        err.println("hayloft: this is a defect of hayloft: " + oneLine(error.toString())
                + details(error).map(file -> "; details are in " + file).orElse("; --debug shows details"));
        return Main.DEFECT;
    }

    /** Memory that ran out is reported as what it is; it has no stack trace worth reading. */
    static int outOfMemory(OutOfMemoryError error, PrintWriter err) {
        err.println("hayloft: out of memory (" + oneLine(error.getMessage())
                + "): use shorter lengths or fewer methods, or give Java more with HAYLOFT_JAVA_OPTS=-Xmx8g");
        return Main.DEFECT;
    }

    private static String unmatched(UnmatchedArgumentException error) {
        var spec = error.getCommandLine().getCommandSpec();
        var word = error.getUnmatched().getFirst();
        if (word.startsWith("-")) {
            var names = new ArrayList<String>();
            for (OptionSpec option : spec.options()) {
                names.addAll(List.of(option.names()));
            }
            var option = word.replaceFirst("=.*", "");
            return unknown("option", option, OtherTools.option(spec, option), names);
        }
        if (!spec.subcommands().isEmpty()) {
            var elsewhere = spec.parent() == null ? OtherTools.command(word) : Optional.<String>empty();
            return unknown(
                    "command", word, elsewhere, List.copyOf(spec.subcommands().keySet()));
        }
        return "unexpected argument '" + word + "'";
    }

    /** Without the words of programmers. */
    private static String plain(@Nullable String message) {
        return String.valueOf(message)
                .replaceFirst("^Error: ", "")
                .replaceFirst("^I", "i")
                .replaceFirst("^M", "m")
                .replaceFirst("is not an? (int|long)$", "is not a whole number")
                .replaceFirst("is not a double$", "is not a number");
    }

    /** @param hint what to say, if the word is known to be one of another tool */
    private static String unknown(String kind, String word, Optional<String> hint, List<String> known) {
        return "unknown " + kind + " '" + word + "'"
                + hint.or(() -> Suggest.closest(word, known).map(name -> "did you mean '" + name + "'?"))
                        .map(text -> ": " + text)
                        .orElse("");
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** Writes the stack trace to a file of its own, where a file can be written. */
    private static Optional<Path> details(Exception error) {
        var trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace));
        try {
            var file = Files.createTempFile("hayloft-error-", ".log");
            Files.writeString(file, "java " + Runtime.version() + "\n" + trace);
            return Optional.of(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
