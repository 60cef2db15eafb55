package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.record.KeptFile;
import io.hayloft.bench.record.KeptPrompt;
import io.hayloft.bench.record.KeptPrompt.OfMethod;
import io.hayloft.bench.record.KeptPrompt.Source;
import io.hayloft.bench.record.Merge;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run of the embedded model writes down of the tokens that its methods keep. */
class KeptTokensTest {
    @TempDir
    Path folder;

    private void run(String out, int samples, String... methods) {
        var path = ModelStore.open().resolve("hayloft-tiny").path();
        var spec = BenchSpec.builder(new ModelChoice("hayloft-tiny", path, true))
                .truncation(false)
                .methods(List.of(methods))
                .tasks(List.of("mini-needle"))
                .lengths(List.of(128))
                .samples(samples)
                .out(folder.resolve(out));
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(2));
                var run = BenchRun.prepare(spec.build(), model, false)) {
            run.run(RunListener.NONE);
        }
    }

    private static OfMethod of(KeptPrompt prompt, String method) {
        return prompt.methods().stream()
                .filter(one -> one.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theFirstSamplesShowWhatEachMethodKeeps() throws Exception {
        run("run", 3, "streaming:4x", "kivi:2bit", "truncation:2x");
        var prompts = KeptFile.read(folder.resolve("run"));
        assertThat(prompts).hasSize(2);
        var prompt = prompts.getFirst();
        int tokens = prompt.tokens().size();
        assertThat(String.join("", prompt.tokens()))
                .startsWith("<bos> The pass key")
                .endsWith(" is");
        assertThat(prompt.parts().stream().map(KeptPrompt.Part::name)).contains("document", "question");
        assertThat(prompt.parts().getFirst().from()).isZero();
        assertThat(prompt.parts().getLast().to()).isEqualTo(tokens);

        assertThat(of(prompt, "full")).isEqualTo(new OfMethod("full", Source.CACHE, null, null));
        assertThat(of(prompt, "kivi:2bit").layers()).isNull();
        int kept = tokens / 4;
        var ranges = "0-3 " + (tokens - kept + 4) + "-" + (tokens - 1);
        assertThat(of(prompt, "streaming:4x").layers())
                .allSatisfy(heads -> assertThat(heads).hasSize(2).containsOnly(ranges));
        assertThat(of(prompt, "truncation:2x").source()).isEqualTo(Source.TEXT);
        assertThat(of(prompt, "truncation:2x").layers().getFirst().getFirst()).matches("0-\\d+ \\d+-" + (tokens - 1));
    }

    @Test
    void aRunThatGrowsAndPartsThatAreMergedKeepAll() throws Exception {
        run("one", 1, "streaming:4x");
        run("one", 1, "streaming:4x", "random:4x");
        var grown = KeptFile.read(folder.resolve("one")).getFirst();
        assertThat(grown.methods().stream().map(OfMethod::method)).contains("full", "streaming:4x", "random:4x");

        run("two", 1, "knorm:4x");
        Merge.of(folder.resolve("both"), List.of(folder.resolve("one"), folder.resolve("two")));
        var both = KeptFile.read(folder.resolve("both"));
        assertThat(both).hasSize(1);
        assertThat(both.getFirst().methods().stream().map(OfMethod::method)).contains("random:4x", "knorm:4x");
        assertThat(Files.list(folder.resolve("both"))
                        .map(file -> file.getFileName().toString()))
                .doesNotContain(KeptFile.NAME + ".new");
    }
}
