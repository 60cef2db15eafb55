package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code hayloft tune}. */
class TuneCommandTest {
    @TempDir
    private Path folder;

    @Test
    void endsWithARecommendationItsConfidenceAndTheCommandThatUsesIt() throws IOException {
        var out = folder.resolve("run").toString();
        var grid = Files.writeString(
                folder.resolve("mine.yaml"),
                "settings: ['snapkv:2x', 'snapkv:4x', {label: Mamba, left-out: no Mamba layers}]");
        var arguments = new String[] {
            "tune",
            "--max-bytes-per-token",
            "1500",
            "--grid",
            grid.toString(),
            "--tasks",
            "mini-needle",
            "--lengths",
            "160",
            "--samples",
            "2",
            "--check-samples",
            "3",
            "--out",
            out
        };
        var text = Cli.good(arguments);
        assertThat(text.err()).contains("note: left out Mamba: no Mamba layers");
        assertThat(text.out())
                .contains("Recommended: snapkv:", "samples that chose nothing")
                .contains("hayloft generate --model hayloft-tiny --method snapkv:")
                .contains("At other budgets:", "exhaustive search");

        var json = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, json, 0, arguments.length);
        json[arguments.length] = "--json";
        var result = JsonMapper.shared().readTree(Cli.good(json).out());

        var recommended = result.get("recommended").asString();
        assertThat(text.out()).contains("Recommended: " + recommended + ",");
        assertThat(result.get("decoded_tokens").asLong()).isPositive();
        assertThat(result.get("frontier").get(0).get("method").asString()).startsWith("snapkv:");
        assertThat(result.get("check").get("samples").asInt()).isEqualTo(3);
        assertThat(result.get("left_out").valueStream().map(JsonNode::asString)).contains("full");
        assertThat(folder.resolve("run/tune.json")).content().contains("\"prompts\":");
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains("Recommended: " + recommended, "At other budgets", "check/report.html");
        assertThat(Files.readString(folder.resolve("run/search/report.html"))).doesNotContain("Recommended: ");
    }

    @Test
    void asksForExactlyOneBudget() {
        Cli.run("tune").isUserError("--max-kv-bytes", "--max-drop");
        Cli.run("tune", "--max-drop", "1", "--max-kv-bytes", "1MB").isUserError("--max-kv-bytes", "--max-drop");
        Cli.run("tune", "--max-drop", "-1").isUserError("--max-drop must be points from 0 to 100");
        Cli.run(
                        "tune",
                        "--max-kv-bytes",
                        "2kB",
                        "--tasks",
                        "mini-needle",
                        "--lengths",
                        "128",
                        "--out",
                        folder.toString())
                .isUserError("no setting fits", "the smallest is ");
        assertThat(folder).isEmptyDirectory();
    }
}
