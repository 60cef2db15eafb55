package io.hayloft.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.registry.OwnTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchSpecTest {
    @TempDir
    Path folder;

    private BenchSpecBuilder spec(boolean embedded) {
        var model = new ModelChoice("some model", Path.of("none"), embedded);
        return BenchSpec.builder(model).pulledData(folder.resolve("pulled"));
    }

    private OwnTask own(String text) throws IOException {
        var file = Files.createTempFile(folder, "task", ".yaml");
        return OwnTask.of(Files.writeString(file, text));
    }

    @Test
    void nothingAskedRunsTheMiniSuiteOnTheEmbeddedModel() {
        var spec = spec(true).build();
        assertThat(spec.tasks()).hasSize(7).allMatch(name -> name.startsWith("mini-"));
        assertThat(spec.methods())
                .startsWith(
                        "full",
                        "random:2x",
                        "random:4x",
                        "random:8x",
                        "truncation:2x",
                        "truncation:4x",
                        "truncation:8x")
                .contains("kivi:2bit", "kivi:4bit", "snapkv:2x", "h2o:4x", "streaming:8x")
                .doesNotHaveDuplicates();
        assertThat(spec.protocol()).isEqualTo(Protocol.QUESTION_AWARE);
    }

    @Test
    void aNamedModelRunsTheNeedle() {
        var spec = spec(false).build();
        assertThat(spec.tasks()).containsExactly("needle");
        assertThat(spec.lengths()).containsExactly(1024, 2048, 4096);
    }

    @Test
    void controlsAreAlwaysThere() {
        assertThat(spec(true)
                        .methods(List.of("snapkv:4x", "h2o:8x", "snapkv:4x"))
                        .build()
                        .methods())
                .containsExactly(
                        "full", "random:4x", "random:8x", "truncation:4x", "truncation:8x", "snapkv:4x", "h2o:8x");
        assertThat(spec(true).methods(List.of("kivi:2bit")).build().methods())
                .containsExactly("full", "random:4x", "truncation:4x", "kivi:2bit");
        assertThat(spec(true)
                        .methods(List.of("snapkv:4x", "random:3x", "full"))
                        .build()
                        .methods())
                .containsExactly("full", "random:3x", "truncation:3x", "truncation:4x", "snapkv:4x");
        assertThat(spec(true)
                        .methods(List.of("snapkv:4x", "truncation:3x"))
                        .build()
                        .methods())
                .containsExactly("full", "random:3x", "random:4x", "truncation:3x", "snapkv:4x");
        assertThat(spec(true)
                        .methods(List.of("snapkv:4x"))
                        .truncation(false)
                        .build()
                        .methods())
                .containsExactly("full", "random:4x", "snapkv:4x");
    }

    @Test
    void budgetsInTokensHaveTheirRandomRow() {
        assertThat(spec(true)
                        .methods(List.of("snapkv:512,window=64", "h2o:2x", "snapkv:256 + kivi:4bit"))
                        .build()
                        .methods())
                .startsWith("full", "random:2x", "random:256", "random:512", "truncation:2x", "truncation:256")
                .hasSize(10);
    }

    @Test
    void lengthsAreSortedAndTasksMayBeGroups() {
        var spec = spec(true)
                .lengths(List.of(4096, 512, 4096))
                .tasks(List.of("mini", "mini-code"))
                .build();
        assertThat(spec.lengths()).containsExactly(512, 4096);
        assertThat(spec.tasks()).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "methods | snapkw:4x | did you mean 'snapkv'",
                "methods | snapkv:0.5x | ratio",
                "methods | snapkv:0 | ",
                "tasks | mini-neddle | did you mean 'mini-needle'",
                "tasks | qasper | needs its data",
                "lengths | 0 | --lengths",
                "samples | -1 | --samples",
                "limit | -5 | --limit-tokens",
                "answer | -5 | --max-new-tokens",
                "threads | 5000 | --threads",
                "data | /no/such/folder | is not a folder",
                "cache | f17 | f16",
                "cache | kivi(k=2,v=2) | known are: f32, f16, q8",
            })
    void mistakesAreUserErrorsThatSayWhat(String what, String value, String message) {
        var spec = spec(true);
        switch (what) {
            case "methods" -> spec.methods(List.of(value));
            case "tasks" -> spec.tasks(List.of(value));
            case "lengths" -> spec.lengths(List.of(Integer.parseInt(value)));
            case "samples" -> spec.samples(Integer.parseInt(value));
            case "limit" -> spec.limitTokens(Integer.parseInt(value));
            case "answer" -> spec.maxNewTokens(Integer.parseInt(value));
            case "threads" -> spec.threads(Integer.parseInt(value));
            case "data" -> spec.data(Path.of(value));
            default -> spec.cacheType(value);
        }
        assertThatThrownBy(spec::build)
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message == null ? "" : message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aDataFolderAloneRunsTheTasksItHolds() throws IOException {
        assertThatThrownBy(() -> spec(false).data(folder).build()).isInstanceOf(UserError.class);
        Files.writeString(folder.resolve("trec.jsonl"), "");
        Files.writeString(folder.resolve("qasper.jsonl"), "");
        assertThat(spec(false).data(folder).build().tasks()).containsExactlyInAnyOrder("qasper", "trec");
        Files.createDirectory(folder.resolve("data"));
        for (var file : new String[] {"vcsum.jsonl", "qasper_e.json", "longbench-v2.jsonl"}) {
            Files.writeString(folder.resolve("data").resolve(file), "");
        }
        assertThat(spec(false).data(folder).build().tasks())
                .containsExactlyInAnyOrder("qasper", "trec", "vcsum", "qasper_e", "longbench-v2");
    }

    @Test
    void dataThatWasPulledNeedsNoOption() throws IOException {
        assertThatThrownBy(() -> spec(false).tasks(List.of("qasper_e")).build())
                .hasMessageContaining("hayloft pull longbench-e");
        assertThatThrownBy(() -> spec(false).tasks(List.of("longbench-v2-cot")).build())
                .hasMessageContaining("hayloft pull longbench-v2");
        Files.createDirectories(folder.resolve("pulled"));
        Files.writeString(folder.resolve("pulled/qasper_e.jsonl"), "");
        Files.writeString(folder.resolve("pulled/longbench-v2.json"), "");

        var spec = spec(false).tasks(List.of("qasper_e", "longbench-v2-cot")).build();

        assertThat(spec.data()).isEqualTo(folder.resolve("pulled"));
        assertThatThrownBy(() -> spec(false).tasks(List.of("qasper_e", "trec")).build())
                .hasMessageContaining("task trec needs its data");
        assertThat(spec(false).tasks(List.of("qasper_e")).data(folder).build().data())
                .isEqualTo(folder);
    }

    @Test
    void ownTasksRunAndTravel() throws IOException {
        var own = own("{extends: needle, name: short-keys, version: 7, parameters: {digits: 3}}");

        var spec = spec(false).ownTasks(List.of(own)).build();
        var again = BenchSpec.fromJson(spec.toJson());

        assertThat(spec.tasks()).containsExactly("short-keys");
        assertThat(again.tasks()).containsExactly("short-keys");
        assertThat(again.task("short-keys").version()).isEqualTo("7");
        assertThat(again.task("needle").version()).isEqualTo("2");
        assertThat(spec(false)
                        .ownTasks(List.of(own))
                        .tasks(List.of("needle", "short-keys"))
                        .build()
                        .tasks())
                .containsExactly("needle", "short-keys");
        assertThatThrownBy(() -> spec(false)
                        .ownTasks(List.of(own))
                        .tasks(List.of("short-key"))
                        .build())
                .hasMessageContaining("did you mean 'short-keys'");
    }

    @Test
    void tasksChooseTheProtocolIfTheyAgree() throws IOException {
        var agnostic = own("{extends: needle, name: a, version: 1, protocol: question-agnostic}");
        var any = own("{extends: needle, name: b, version: 1}");

        assertThat(spec(false).ownTasks(List.of(agnostic)).build().protocol()).isEqualTo(Protocol.QUESTION_AGNOSTIC);
        assertThat(spec(false)
                        .ownTasks(List.of(agnostic, any))
                        .protocol(Protocol.ALL)
                        .build()
                        .protocol())
                .isEqualTo(Protocol.ALL);
        assertThatThrownBy(() -> spec(false).ownTasks(List.of(agnostic, any)).build())
                .hasMessageContaining("--protocol");
        for (var name : Definition.PROTOCOLS) {
            assertThat(Protocol.parse(name).text()).isEqualTo(name);
        }
        assertThat(Definition.PROTOCOLS).hasSize(Protocol.values().length);
    }

    @Test
    void protocolsHaveNames() {
        assertThat(Protocol.parse("question-agnostic")).isEqualTo(Protocol.QUESTION_AGNOSTIC);
        assertThatThrownBy(() -> Protocol.parse("question-agnostik")).hasMessageContaining("did you mean");
    }
}
