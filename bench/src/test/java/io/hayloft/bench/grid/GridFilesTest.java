package io.hayloft.bench.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.methods.Budget;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files in the repository's folder {@code grids}. */
class GridFilesTest {
    /** The folder, from wherever in the repository the tests are started. */
    private static Path folder() {
        return Stream.of("grids", "../grids")
                .map(Path::of)
                .filter(path -> Files.exists(path.resolve("default.yaml")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theDefaultGridIsWhatTheRegistrySays() throws IOException {
        assertThat(folder().resolve("default.yaml"))
                .as("run: hayloft methods --grid > grids/default.yaml")
                .hasContent(DefaultGrid.text());
        assertThat(Grids.open("default").methods()).isEqualTo(Methods.defaultGrid());
    }

    @Test
    void everyFileParsesAndIsPacked() throws IOException {
        try (var files = Files.list(folder())) {
            for (var file : files.toList()) {
                var name = Objects.toString(file.getFileName()).replace(".yaml", "");
                var fromFile = GridReader.read(name, Files.readString(file));
                assertThat(Grids.NAMES).contains(name);
                assertThat(Grids.open(name)).isEqualTo(fromFile);
            }
        }
    }

    @Test
    void thePaperHas66SettingsOf9Models() {
        var grid = Grids.open("paper");
        assertThat(grid.models()).hasSize(9);
        assertThat(grid.models().stream().mapToInt(model -> model.settings().size()))
                .satisfies(counts ->
                        assertThat(counts.stream().mapToInt(n -> n).sum()).isEqualTo(66));
        assertThat(grid.forModel("llama3-8b-instruct").methods()).hasSize(20);
        assertThat(grid.forModel("llama3-8b-instruct").notes().getFirst())
                .contains("those of llama3-8b-instruct (meta-llama/Meta-Llama-3-8B-Instruct)");
    }

    /** Models without a cache run as they are, with prompts as long as the paper's. */
    @Test
    void linearTimeModelsRunInFullUpToTheirLimit() {
        var limits = Map.of("mamba-2.8b-hf", 1500, "mamba2-2.7b", 1500, "mamba-chat", 1500, "rwkv-5-world", 3500);
        limits.forEach((model, limit) -> {
            var grid = Grids.open("paper").forModel(model);
            assertThat(grid.methods()).containsExactly("full");
            assertThat(grid.options().limitTokens()).isEqualTo(limit);
            assertThat(grid.notes()).hasSize(1); // whose settings these are
        });
        assertThat(Grids.open("paper")
                        .forModel("recurrentgemma-2b-it")
                        .options()
                        .limitTokens())
                .isEqualTo(7500);
    }

    /** The shares of the paper's configurations, rounded down as its code does: int(share * tokens). */
    @ParameterizedTest
    @CsvSource({"5.88235x, 0.17, 1", "6.024096x, 0.083, 2", "4x, 0.125, 2", "8x, 0.0625, 2", "8x, 0.125, 1"})
    void ratiosGiveThePapersNumbersOfTokens(String ratio, double share, int parts) {
        var budget = Budget.parse(ratio);
        for (int tokens = 512; tokens <= 100_000; tokens++) {
            // the doubles of the paper's code fall short of whole numbers here and there: 1e-9 is far below a token
            int wanted = (int) (share * tokens + 1e-9);
            assertThat(budget.keptTokens(tokens) / parts)
                    .as("of %d tokens", tokens)
                    .isEqualTo(wanted);
        }
    }

    @Test
    void thePaperGridSaysWhatItsRecordSays() throws IOException {
        var record = JsonMapper.shared().readTree(Files.readString(Shared.path("spec/paper-settings.json")));
        var wanted = new ArrayList<List<Object>>();
        for (var row : record.path("paper_rows")) {
            var ratio = row.path("nominal_ratio");
            wanted.add(List.of(
                    row.path("base_model").asString(),
                    record.path("models")
                            .path(row.path("base_model").asString())
                            .path("longbench_max_len")
                            .asInt(),
                    ratio.isNull() ? 0.0 : ratio.asDouble(),
                    family(row)));
        }
        var found = new ArrayList<List<Object>>();
        for (var model : Grids.open("paper").models()) {
            for (var setting : model.settings()) {
                var method = setting.method();
                var ratio = setting.ratio();
                found.add(List.of(
                        model.name(),
                        Objects.requireNonNull(model.options().limitTokens()),
                        ratio == null ? 0.0 : ratio,
                        method == null ? "none" : Methods.parse(method).family()));
            }
        }
        assertThat(found).isEqualTo(wanted);
    }

    private static String family(JsonNode row) {
        return switch (row.path("method").asString()) {
            case "baseline" -> "full";
            case "KIVI" -> "kivi-paper";
            case "FlexGen" -> "flexgen-paper";
            case "InfLLM" -> "infllm";
            case "StreamingLLM" -> "streaming-paper";
            case "H2O" -> "h2o-paper";
            case "LLMLingua2" -> "llmlingua2";
            default -> "full"; // models without a cache, or with a part of one
        };
    }
}
