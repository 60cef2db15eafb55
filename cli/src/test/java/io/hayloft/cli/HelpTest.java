package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HelpTest {
    /** The names of all commands. */
    static List<String> commands() {
        return List.copyOf(new CommandLine(new RootCommand()).getSubcommands().keySet());
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

    @ParameterizedTest
    @MethodSource("commands")
    void helpOfACommandIsTheSameInBothWays(String command) {
        assertThat(Cli.good("help", command).out())
                .isEqualTo(Cli.good(command, "--help").out());
    }

    @Test
    void helpOfNoCommandIsThatOfHayloft() {
        assertThat(Cli.good("help").out()).isEqualTo(Cli.good("--help").out());
        Cli.run("help", "bnech").isUserError("unknown command 'bnech'", "did you mean 'bench'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void shellsCompleteEveryCommandAndItsOptions(String shell) {
        var script = Cli.good("completion", shell).out();
        assertThat(script).contains(commands()).contains("limit-tokens", "max-drop");
        Cli.run("completion", "bsh").isUserError("did you mean 'bash'?");
    }

    @Test
    void methodsHaveALineEachAndAPage() {
        var list = Cli.good("methods").out();
        assertThat(list.lines().filter(line -> line.startsWith(" snapkv "))).hasSize(1);
        assertThat(Cli.good("methods", "snapkv").out())
                .startsWith("snapkv (evict)")
                .contains("window=32", "arXiv 2404.14469");
        assertThat(Cli.good("methods", "snapkv:4x").out()).startsWith("snapkv (evict)");
        Cli.run("methods", "snapvk").isUserError("did you mean 'snapkv'?");
    }

    @Test
    void showsTheVersion() {
        assertThat(Cli.good("--version").out()).startsWith("hayloft ");
    }
}
