package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
    /** The names of all commands but picocli's own. */
    static List<String> commands() {
        return new CommandLine(new RootCommand())
                .getSubcommands().keySet().stream()
                        .filter(name -> !name.equals("help"))
                        .toList();
    }

    @Test
    void helpListsTheCommands() {
        var help = Cli.good("--help");

        assertThat(help.out()).contains(commands()).contains("Start with:  hayloft bench");
        assertThat(help.err()).isEmpty();
        assertThat(Cli.good().out()).isEqualTo(help.out());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandTeachesWithAnExample(String command) {
        assertThat(Cli.good(command, "--help").out())
                .startsWith("Usage: hayloft " + command)
                .contains("Example", "\n  hayloft ");
    }

    @Test
    void showsTheVersion() {
        assertThat(Cli.good("--version").out()).startsWith("hayloft ");
    }
}
