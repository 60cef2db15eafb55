package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.Shared;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The figures that README.md gives behind commands. */
class ReadmeTest {
    private static final Pattern GENERATE = Pattern.compile(
            " *\\./hayloft generate --model smollm2-135m --prompt-file (\\S+) --method (\\S+) +# (cache .+)");

    /** The bytes do not depend on the answer, so a single token of it is enough. */
    @Test
    void theCacheOfTheGenerateDemoIsAsLargeAsItSays() throws Exception {
        var model = Shared.realModel("SmolLM2-135M-Instruct.Q4_1.gguf");
        var readme = root().resolve("README.md");
        var demos = Files.readAllLines(readme).stream()
                .map(GENERATE::matcher)
                .filter(line -> line.matches())
                .toList();
        assertThat(demos).hasSize(1);
        var demo = demos.getFirst();
        var line = new ArrayList<>(List.of("generate", "--model", model.toString(), "-n", "1"));
        line.addAll(List.of("--prompt-file", root().resolve(demo.group(1)).toString(), "--method", demo.group(2)));

        var run = Cli.good(line.toArray(String[]::new));

        assertThat(run.err()).contains(demo.group(3));
    }

    /** The project's folder, above the room that runs this test. */
    private static Path root() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("README.md")) && Files.exists(folder.resolve("NOTICE"))) {
                return folder;
            }
        }
        throw new AssertionError("no README.md above " + Path.of("").toAbsolutePath());
    }
}
