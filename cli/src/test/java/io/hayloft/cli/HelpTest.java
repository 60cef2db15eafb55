package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    private static final String[] COMMANDS = {
        "bench", "generate", "speed", "pull", "inspect", "models", "methods", "tasks", "doctor"
    };

    @Test
    void helpListsTheCommands() {
        var help = Cli.good("--help");

        assertThat(help.out()).contains(COMMANDS).contains("Start with:  hayloft bench");
        assertThat(help.err()).isEmpty();
        assertThat(Cli.good().out()).isEqualTo(help.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench", "generate", "speed", "pull", "inspect", "models", "methods", "tasks", "doctor"})
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
