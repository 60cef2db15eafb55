package io.hayloft.cli;

import io.hayloft.base.Suggest;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** {@code hayloft completion}: a script by which a shell completes commands and options. */
@Command(
        name = "completion",
        description = "Print the script by which a shell completes commands and options.",
        footer = {
            "",
            "Examples:",
            "  source <(hayloft completion bash)                                        in ~/.bashrc",
            "  source <(hayloft completion zsh)                                         in ~/.zshrc",
            "  hayloft completion fish > ~/.config/fish/completions/hayloft.fish"
        })
final class CompletionCommand extends Subcommand {
    private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String shell = "";

    @Override
    public Integer call() {
        switch (shell) {
            case "bash", "zsh" -> out().print(AutoComplete.bash("hayloft", root())); // it knows both shells
            case "fish" -> out().print(fish(root()));
            default -> throw Suggest.unknown("shell", shell, SHELLS);
        }
        out().flush();
        return 0;
    }

    private static String fish(CommandLine root) {
        var lines = new StringBuilder("# Completes hayloft in fish.\n");
        options(lines, root, "");
        root.getSubcommands().forEach((name, command) -> {
            lines.append("complete -c hayloft -f -n __fish_use_subcommand -a ").append(name);
            description(lines, command.getCommandSpec().usageMessage().description());
            options(lines, command, " -n '__fish_seen_subcommand_from " + name + "'");
        });
        return lines.toString();
    }

    private static void options(StringBuilder lines, CommandLine command, String condition) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            lines.append("complete -c hayloft").append(condition);
            for (var name : option.names()) {
                lines.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
            }
            lines.append(option.arity().max() > 0 ? " -r" : "");
            description(lines, option.description());
        }
    }

    private static void description(StringBuilder lines, String[] description) {
        if (description.length > 0) {
            var first = description[0].split("(?<=[.:]) ", 2)[0].replaceAll("[.:]$", "");
            lines.append(" -d '")
                    .append(first.replace("\\", "\\\\").replace("'", "\\'"))
                    .append('\'');
        }
        lines.append('\n');
    }
}
