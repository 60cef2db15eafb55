package io.hayloft.bench.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridReaderTest {
    private static final String WHOLE = """
        about: an experiment
        tasks: [needle, mini-code]
        lengths: [1k, 2000]
        samples: 3
        seed: 7
        protocol: question-agnostic
        limit-tokens: 4k
        max-new-tokens: 9
        cache-type: f32
        models:
          - name: small
            settings: [SnapKV:4.0X]
          - name: large
            source: some/where
            samples: 5
            settings:
              - {method: kivi:2bit, label: KIVI, ratio: 5.05, needle-method: full}
              - {label: Mamba, left-out: no Mamba layers}
        """;

    @TempDir
    Path folder;

    @Test
    void aFileIsAWholeExperiment() {
        var spec = BenchSpec.builder(new ModelChoice("some model", Path.of("none"), true));
        GridReader.read("g.yaml", WHOLE).forModel("large").applyTo(spec);
        var built = spec.build();

        assertThat(built.methods()).containsExactly("full", "random:4x", "truncation:4x", "kivi:2bit");
        assertThat(built.tasks()).containsExactly("needle", "mini-code");
        assertThat(built.lengths()).containsExactly(1024, 2000);
        assertThat(built.samples()).isEqualTo(5);
        assertThat(built.seed()).isEqualTo(7);
        assertThat(built.protocol()).isEqualTo(Protocol.QUESTION_AGNOSTIC);
        assertThat(built.limitTokens()).isEqualTo(4096);
        assertThat(built.maxNewTokens()).isEqualTo(9);
        assertThat(built.cacheType()).isEqualTo("f32");
        assertThat(built.notes())
                .containsExactly(
                        "the settings of grid g.yaml are those of large (some/where)",
                        "left out Mamba: no Mamba layers");
    }

    @Test
    void settingsAreCanonicalAndKeepWhatTheirSourceSays() {
        var grid = GridReader.read("g.yaml", WHOLE);
        assertThat(grid.forModel("small").methods()).containsExactly("snapkv:4x");
        assertThat(grid.forModel("small").options().samples()).isEqualTo(3);
        assertThat(grid.forModel("large").settings().getFirst())
                .isEqualTo(new GridSetting("kivi:2bit", "KIVI", 5.05, "full", null));
    }

    @Test
    void filesAreFoundByPath() throws Exception {
        var file = Files.writeString(folder.resolve("mine.yaml"), "settings: [full, tova:2x]\n");
        assertThat(Grids.open(file.toString()).forModel(null).methods()).containsExactly("full", "tova:2x");

        var latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', (byte) 0xE9});
        assertThatThrownBy(() -> Grids.open(latin.toString()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("not UTF-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | g.yaml is empty: a grid lists settings",
                "settings: [full | g.yaml, line 1: no YAML",
                "settings:;- full;  - x | g.yaml, line 2: 'full - x' is not a method",
                "a: b: c | g.yaml, line 1: no YAML",
                "settings: [full];---;settings: [full] | g.yaml, line 3: a second document",
                "- full | g.yaml, line 1: a grid has keys and values",
                "about: x | g.yaml, line 1: a grid has either 'settings' or 'models'",
                "about: x;setings: [full] | g.yaml, line 2: unknown key of a grid 'setings': did you mean"
                        + " 'settings'?",
                "settings: [full];settings: [full] | g.yaml, line 2: 'settings' is given twice",
                "about: x;setings:;  - full | g.yaml, line 2: unknown key of a grid 'setings'",
                "settings: full | g.yaml, line 1: 'settings' must be a list",
                "settings: [] | 'settings' must be a list",
                "settings:;- full;- snapvk:4x | g.yaml, line 3: unknown method 'snapvk': did you mean 'snapkv'?",
                "settings:;- full;- snapkv | g.yaml, line 3: method 'snapkv' needs an amount",
                "settings:;- {methd: full} | g.yaml, line 2: unknown key of a setting 'methd': did you mean"
                        + " 'method'?",
                "settings:;- {label: x} | g.yaml, line 2: a setting has either a 'method' or",
                "settings:;- {left-out: why} | g.yaml, line 2: a setting that is left out needs a 'label'",
                "settings:;- {method: full, ratio: big} | g.yaml, line 2: ratio 'big' must be a number",
                "settings:;- [full] | g.yaml, line 2: a setting has keys and values",
                "settings: [full];samples: 0 | g.yaml, line 2: '0' must be a whole number from 1 to 100000",
                "settings: [full];lengths: [1q] | g.yaml, line 2: '1q' is not a number of tokens",
                "settings: [full];tasks: [neddle] | g.yaml, line 2: unknown task 'neddle': did you mean 'needle'?",
                "settings: [full];protocol: x | g.yaml, line 2: unknown protocol 'x'",
                "settings: [full];cache-type: f17 | g.yaml, line 2: unknown cache type 'f17'",
                "models:;- settings: [full] | g.yaml, line 2: a model needs a name",
                "models:;- name: a | g.yaml, line 2: model a has no 'settings'",
                "models:;- {name: a, settings: [full]};- {name: a, settings: [full]} | line 3: model a is there twice"
            })
    void mistakesAreToldWithTheirLine(String text, String message) {
        assertThatThrownBy(() -> GridReader.read("g.yaml", text.replace(';', '\n')))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n", "Exception");
    }

    @Test
    void theModelOfAGridIsChosen() {
        var grid = GridReader.read("g.yaml", WHOLE);
        assertThatThrownBy(() -> grid.forModel(null)).hasMessageContaining("--grid-model, one of small, large");
        assertThatThrownBy(() -> grid.forModel("lrage")).hasMessageContaining("did you mean 'large'?");
        assertThatThrownBy(() -> Grids.open("default").forModel("large"))
                .hasMessageContaining("leave out --grid-model");
        assertThatThrownBy(() -> Grids.open("papr")).hasMessage("no grid 'papr': did you mean 'paper'?");
        assertThatThrownBy(() -> Grids.open("none.yaml")).hasMessageContaining("name a YAML file, or one of");
    }
}
