package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hayloft bench} from the command line to the report, on one short sample a category. */
class BenchTest {
    @TempDir
    Path folder;

    @Test
    void printsTheTableAndWritesTheReport() throws Exception {
        var run = bench("--methods", "full,snapkv:4x", "--samples", "1", "--lengths", "512");

        assertThat(run.err()).contains("plan: 7 samples x 3 methods with hayloft-tiny", "bench: 7 of 7 samples");
        assertThat(run.out().lines().filter(line -> line.startsWith(" full ")))
                .singleElement()
                .asString()
                .contains("1.00");
        assertThat(run.out())
                .contains("single-", "needle", "mean", "ratio", "compress", "decode")
                .contains(" random:4x ", " snapkv:4x ")
                .contains("an instrument for cache methods, not a language model")
                .contains("report:  " + out().resolve("report.html"));
        assertThat(out().resolve("report.html")).exists();
        assertThat(out().resolve("run.json")).exists();
        assertThat(lines()).hasSize(7 * 3);
    }

    @Test
    void aRunByAllProtocolsHasAColumnForEach() throws Exception {
        var run = bench(
                "--methods",
                "full",
                "--samples",
                "2",
                "--lengths",
                "512",
                "--tasks",
                "mini-single-doc-qa",
                "--protocol",
                "all");

        assertThat(run.err()).contains("plan: 6 samples x ");
        assertThat(run.out().substring(run.out().indexOf("Score by where the question stands")))
                .contains("aware", "mean")
                .contains("agnostic", "other-", " full ");
        assertThat(lines().stream().filter(line -> line.contains("\"other-question\"")))
                .isNotEmpty();
    }

    @Test
    void aSecondStartGoesOn() throws Exception {
        var options =
                List.of("--methods", "full", "--samples", "1", "--lengths", "512", "--tasks", "mini-needle,mini-code");
        bench(options.toArray(String[]::new));
        var all = lines();
        var cut = new ArrayList<>(all.subList(0, all.size() - 1));
        cut.add(all.getLast().substring(0, 40));
        Files.writeString(out().resolve("records.jsonl"), String.join("\n", cut));

        var second = bench(options.toArray(String[]::new));

        assertThat(second.err()).contains("earlier starts have done 1 of them");
        assertThat(lines()).hasSameSizeAs(all);
        // only the method whose line was torn runs again
        assertThat(lines().subList(0, all.size() - 1)).isEqualTo(all.subList(0, all.size() - 1));
    }

    @Test
    void aFolderTakesMoreSamplesButNoOtherSeed() throws Exception {
        bench("--methods", "full", "--samples", "1", "--lengths", "512", "--tasks", "mini-needle");

        Cli.run(
                        "bench",
                        "--methods",
                        "full",
                        "--samples",
                        "1",
                        "--seed",
                        "2",
                        "--lengths",
                        "512",
                        "--tasks",
                        "mini-needle",
                        "--out",
                        out().toString())
                .isUserError(out().toString(), "--seed was 1, is now 2");
        var before = lines();
        bench("--methods", "full", "--samples", "2", "--lengths", "512", "--tasks", "mini-needle");
        assertThat(lines()).hasSize(4).startsWith(before.toArray(String[]::new));
    }

    @Test
    void aGridIsAnExperimentAndOptionsWin() throws Exception {
        var grid = Files.writeString(folder.resolve("mine.yaml"), """
            tasks: [mini-needle]
            lengths: [2k]
            samples: 1
            settings: [full, {method: "knorm:2x", label: Short keys}]
            """);

        var run = bench("--grid", grid.toString(), "--lengths", "512");

        assertThat(run.err()).contains("plan: 1 sample x 3 methods with hayloft-tiny", "prompts of about 497 tokens");
        assertThat(lines()).hasSize(3).last().asString().contains("knorm:2x");
        assertThat(run.out()).contains("label").containsPattern("knorm:2x +\\| Short keys");
        assertThat(folder.resolve("run/report.html")).content().contains("Short keys");

        var other = folder.resolve("other").toString();
        var named = Cli.good(
                "bench",
                "--grid",
                grid.toString(),
                "--methods",
                "full",
                "--lengths",
                "512",
                "--no-truncation",
                "--out",
                other);
        assertThat(named.out()).doesNotContain("label");
        assertThat(folder.resolve("other/labels.json")).doesNotExist();
    }

    @Test
    void whatCannotRunIsLeftOutAndTold() throws Exception {
        var run = bench(
                "--methods",
                "knorm:2x,llmlingua2:2x,model=/no/such/folder",
                "--samples",
                "1",
                "--lengths",
                "512",
                "--tasks",
                "mini-needle");

        assertThat(run.err()).contains("note: left out llmlingua2:2x,model=/no/such/folder: ");
        assertThat(run.out()).contains("note: left out llmlingua2:2x");
        assertThat(out().resolve("report.html")).content().contains("left out llmlingua2:2x");
        assertThat(lines()).hasSize(3);
    }

    @Test
    void whatPaperCompatTurnsOnIsToldEverywhere() throws Exception {
        var run = bench(
                "--paper-compat",
                "--methods",
                "h2o:2x",
                "--tasks",
                "mini-needle",
                "--samples",
                "1",
                "--lengths",
                "512");

        assertThat(run.err()).contains("note: paper-compat truncation: ", "note: paper-compat ratio: ");
        assertThat(out().resolve("run.json")).content().contains("\"paper_compat\" : [ \"methods\", \"truncation\"");
        assertThat(out().resolve("report.html")).content().contains("paper-compat start-token: ");
        assertThat(lines()).hasSize(3).last().asString().contains("h2o-paper:2x");
    }

    @Test
    void rescoreSaysWhatChanged() throws Exception {
        bench("--methods", "full", "--samples", "1", "--lengths", "512", "--tasks", "mini-needle");
        var before = lines();

        assertThat(Cli.good("rescore", out().toString()).out())
                .contains("mini-needle (", "2 records, no score changed")
                .contains("report:  " + out().resolve("report.html"));
        assertThat(lines()).isEqualTo(before);

        Files.write(
                out().resolve("records.jsonl"),
                before.stream()
                        .map(line -> line.replaceFirst("\"score\":[0-9.]+", "\"score\":0.5"))
                        .toList());
        assertThat(Cli.good("rescore", out().toString()).out()).contains("2 of 2 scores changed, mean 0.500 is now ");
        assertThat(lines()).isEqualTo(before);
        Cli.run("rescore", folder.toString()).isUserError("holds no run");
    }

    @Test
    void mistakesInGridsAreTold() throws Exception {
        var grid = Files.writeString(folder.resolve("mine.yaml"), "settings:\n  - snapvk:4x\n");
        Cli.run("bench", "--grid", grid.toString()).isUserError("mine.yaml, line 2", "did you mean 'snapkv'?");
        Cli.run("bench", "--grid", "papr").isUserError("did you mean 'paper'?");
        Cli.run("bench", "--grid", "paper").isUserError("--grid-model", "llama3-8b-instruct");
        Cli.run("bench", "--grid-model", "llama3-8b-instruct").isUserError("--grid paper");
        Cli.run("bench", "--grid", "paper", "--grid-model", "rwkv-5-word").isUserError("did you mean 'rwkv-5-world'?");
        Cli.run("bench", "--methods", "llmlingua2:2x,model=/no/such/folder", "--out", out().toString())
                .isUserError("none of the methods can run", "/no/such/folder");
    }

    @Test
    void refusesAFolderThatCannotBeWritten() throws Exception {
        var file = Files.createFile(folder.resolve("file"));

        Cli.run("bench", "--tasks", "mini-needle", "--out", file.resolve("run").toString())
                .isUserError(file.toString());
    }

    @Test
    void refusesLengthsThatDoNotFitTheModel() {
        Cli.run("bench", "--lengths", "32k", "--out", out().toString()).isUserError("16384");
    }

    private Cli bench(String... options) {
        var arguments = new ArrayList<>(List.of("bench", "--no-truncation", "--out", out().toString()));
        arguments.addAll(List.of(options));
        return Cli.good(arguments.toArray(String[]::new));
    }

    private Path out() {
        return folder.resolve("run");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(out().resolve("records.jsonl"));
    }
}
