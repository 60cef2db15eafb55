package io.hayloft.cli;

import io.hayloft.base.Suggest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hayloft help}: the help of a command. */
@Command(
        name = "help",
        description = "Show the help of a command.",
        footer = {"", "Example:", "  hayloft help bench"})
final class HelpCommand extends Subcommand {
    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command. Default: hayloft itself.")
    private String command = "";

    @Override
    public Integer call() {
        var root = root();
        if (command.isEmpty()) {
            root.usage(out());
            return 0;
        }
        var found = root.getSubcommands().get(command);
        if (found == null) {
            throw Suggest.unknown(
                    "command", command, List.copyOf(root.getSubcommands().keySet()));
        }
        found.usage(out());
        return 0;
    }
}
