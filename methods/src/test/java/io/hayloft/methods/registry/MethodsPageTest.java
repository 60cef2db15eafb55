package io.hayloft.methods.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about methods says what the registry says. */
class MethodsPageTest {
    /** A file of the repository, from wherever in it the tests are started. */
    private static Path file(String name) {
        return Stream.of(name, "../" + name)
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void thePageIsWhatTheRegistrySays() throws IOException {
        assertThat(Files.readString(file("docs/methods.md")))
                .as("run: hayloft methods --markdown > docs/methods.md")
                .isEqualTo(MethodsPage.text());
    }

    /** A bar in a text would end its cell. */
    @Test
    void everyMethodIsOneRowOfFiveCellsAndOneLineOfDeviations() {
        var lines = MethodsPage.text().lines().toList();
        for (var method : Methods.all()) {
            var rows = lines.stream()
                    .filter(line -> line.startsWith("| `" + method.name() + "` |"))
                    .toList();
            assertThat(rows).hasSize(1);
            var cells = cells(rows.getFirst());
            assertThat(cells).hasSize(5);
            assertThat(cells.get(1)).isEqualTo(method.idea());
            for (var parameter : method.parameters()) {
                assertThat(cells.get(2))
                        .contains("`" + parameter.name() + "=" + parameter.standard() + "` " + parameter.meaning());
            }
            assertThat(cells.get(3)).isEqualTo(method.composesWith());
            assertThat(cells.get(4)).isEqualTo(method.source());
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("- `" + method.name() + "`: "))
                    .hasSize(1);
            assertThat(method.deviations()).allMatch(sentence -> sentence.endsWith("."));
        }
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.split("(?<!\\\\)\\|"))
                .map(String::strip)
                .filter(cell -> !cell.isEmpty())
                .toList();
    }
}
