package io.hayloft.cli;

import io.hayloft.base.Build;
import io.hayloft.bench.identity.CodeHash;
import io.hayloft.kernels.VectorWidth;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code hayloft} without a command: shows what there is. */
@Command(
        name = "hayloft",
        description = "What does each way of shrinking the KV cache cost in quality, and what does it save?",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = RootCommand.Version.class,
        subcommands = {
            BenchCommand.class,
            ShowCommand.class,
            ReportCommand.class,
            SqlCommand.class,
            CompareCommand.class,
            GateCommand.class,
            HistoryCommand.class,
            RunsCommand.class,
            MergeCommand.class,
            RescoreCommand.class,
            GenerateCommand.class,
            SpeedCommand.class,
            PlanCommand.class,
            PullCommand.class,
            InspectCommand.class,
            ModelsCommand.class,
            MethodsCommand.class,
            TasksCommand.class,
            SamplesCommand.class,
            ScoreCommand.class,
            FidelityCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Start with:  hayloft bench",
            "Each command explains itself:  hayloft COMMAND --help",
            "Models are kept in ~/.cache/hayloft; HAYLOFT_HOME names another folder."
        })
final class RootCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    /** Whether stack traces are wanted. */
    boolean debug() {
        return debug;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The version and what it was built from. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "hayloft " + Build.version(),
                "commit " + Build.commit() + ", code " + CodeHash.ofThisProgram() + ", Java " + Runtime.version() + ", "
                        + VectorWidth.BITS + "-bit vectors"
            };
        }
    }
}
