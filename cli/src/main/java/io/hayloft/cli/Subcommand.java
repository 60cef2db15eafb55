package io.hayloft.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The output streams that all commands share. */
abstract class Subcommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** The line of {@code hayloft} itself. */
    final CommandLine root() {
        return spec.root().commandLine();
    }

    /** The stream of results. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The stream of everything else: plans, progress, notes. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
