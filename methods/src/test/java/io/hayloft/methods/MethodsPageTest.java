package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages about methods say what the code says. */
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

    @Test
    void thePageNamesEveryMethodWithItsParameters() {
        for (var method : Methods.all()) {
            assertThat(MethodsPage.text()).contains("| `" + method.name() + "` | " + method.idea());
            assertThat(MethodsPage.text()).contains("- `" + method.name() + "`: ");
            for (var parameter : method.parameters()) {
                assertThat(MethodsPage.text()).contains("`" + parameter.name() + "=" + parameter.standard() + "`");
            }
            assertThat(method.deviations()).allMatch(sentence -> sentence.endsWith("."));
        }
    }

    /** What {@code docs/add-a-method.md} promises: a scorer is one file of at most 60 lines and one entry. */
    @ParameterizedTest
    @ValueSource(strings = {"KeyNormScorer", "TovaScorer"})
    void aScorerIsOneShortFileAndOneEntry(String scorer) throws IOException {
        var room = file("methods/src/main/java");
        assertThat(Files.readAllLines(room.resolve("io/hayloft/methods/score/" + scorer + ".java")))
                .hasSizeLessThanOrEqualTo(60);
        try (var files = Files.walk(room)) {
            var users = files.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith(scorer + ".java"))
                    .filter(path -> holds(path, "new " + scorer + "("))
                    .toList();
            assertThat(users).hasSize(1).first().asString().endsWith("Evictions.java");
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
