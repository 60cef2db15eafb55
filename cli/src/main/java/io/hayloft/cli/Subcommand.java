package io.hayloft.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands share: where they print. */
abstract class Subcommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Where results go. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where everything else goes: plans, progress, notes. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
