package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in the caches of other programs, as these lay them out. */
class LocalCachesTest {
    @TempDir
    Path home;

    private ModelStore store(Map<String, String> environment) {
        var caches = new LocalCaches(environment, home);
        return new ModelStore(
                home.resolve("own"),
                new Catalogue(List.of()),
                Fetcher.standard(Map.of("HF_ENDPOINT", "http://127.0.0.1:1")),
                caches);
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** A file of a snapshot: a link to a blob. */
    private static Path snapshot(Path repo, String commit, String name) throws IOException {
        var blob = write(repo.resolve("blobs").resolve("b" + name.hashCode()), name);
        var folder = Files.createDirectories(repo.resolve("snapshots").resolve(commit));
        return Files.createSymbolicLink(folder.resolve(name), folder.relativize(blob));
    }

    @Test
    void findsGgufFilesOfTheHubCache() throws IOException {
        var repo = home.resolve(".cache/huggingface/hub/models--o--r");
        write(repo.resolve("refs/main"), "abc\n");
        var file = snapshot(repo, "abc", "m-Q4_K_M.gguf");
        snapshot(repo, "abc", "m-Q8_0.gguf");
        snapshot(repo, "def", "old.gguf");
        var store = store(Map.of());

        assertThat(store.resolve("hf:o/r").path()).isEqualTo(file);
        assertThat(store.resolve("hf:o/r:Q8_0").name()).isEqualTo("m-Q8_0");
        assertThat(store.resolve("hf:o/r@def").name()).isEqualTo("old");
        assertThat(store.pull("hf:o/r", PullListener.SILENT).path()).isEqualTo(file);
        assertThatThrownBy(() -> store.resolve("hf:o/other")).hasMessageContaining("hayloft pull hf:o/other");
        assertThatThrownBy(() -> store.remove("hf:o/r")).isInstanceOf(UserError.class);
        assertThat(file).exists();
    }

    @Test
    void theVariablesOfTheHubToolsAreHonoured() throws IOException {
        for (var variable : List.of("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")) {
            write(home.resolve("a/models--o--r/refs/main"), "c");
            write(home.resolve("a/models--o--r/snapshots/c/x.gguf"), "");
            assertThat(store(Map.of(variable, home.resolve("a").toString()))
                            .resolve("hf:o/r")
                            .name())
                    .isEqualTo("x");
        }
        write(home.resolve("b/hub/models--o--r/refs/main"), "c");
        write(home.resolve("b/hub/models--o--r/snapshots/c/y.gguf"), "");
        assertThat(store(Map.of("HF_HOME", "~/b")).resolve("hf:o/r").name()).isEqualTo("y");
    }

    @Test
    void takesFoldersThatAreComplete() throws IOException {
        var repo = home.resolve(".cache/huggingface/hub/models--o--r");
        write(repo.resolve("refs/main"), "abc");
        var snapshot = repo.resolve("snapshots/abc");
        write(snapshot.resolve("config.json"), "{}");
        write(snapshot.resolve("model-00001-of-00002.safetensors"), "");
        var index = write(
                snapshot.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\":"
                        + " \"model-00002-of-00002.safetensors\"}}");
        assertThatThrownBy(() -> store(Map.of()).resolve("hf:o/r")).hasMessageContaining("not on this machine");
        write(snapshot.resolve("model-00002-of-00002.safetensors"), "");
        var whole = Files.readString(index);
        for (var broken : List.of("", "{\"weight_map\": {\"a\": ", "[1]", "{\"weight_map\": {\"a\": \"\"}}")) {
            Files.writeString(index, broken);
            assertThatThrownBy(() -> store(Map.of()).resolve("hf:o/r")).hasMessageContaining("not on this machine");
        }
        Files.writeString(index, whole);
        assertThat(store(Map.of()).resolve("hf:o/r")).isEqualTo(new ResolvedModel("r", snapshot, false));
    }

    @Test
    void findsFilesOfLlamaCpp() throws IOException {
        var file = write(home.resolve("l/o_r_sub_m-Q4_0.gguf"), "");
        write(home.resolve("l/o_r_sub_m-Q8_0.gguf.downloadInProgress"), "");
        write(home.resolve("l/o_rr_m-Q8_0.gguf"), "");
        var store = store(Map.of("LLAMA_CACHE", home.resolve("l").toString()));

        assertThat(store.resolve("hf:o/r").path()).isEqualTo(file);
        assertThat(store.resolve("hf:o/r/sub/m-Q4_0.gguf").path()).isEqualTo(file);
        assertThatThrownBy(() -> store.resolve("hf:o/r:Q8_0")).isInstanceOf(UserError.class);
    }

    private void ollama(String manifest, String layers) throws IOException {
        write(home.resolve(".ollama/models/manifests").resolve(manifest), "{\"layers\": [" + layers + "]}");
    }

    private static String layer(String kind, String digest) {
        return "{\"mediaType\": \"application/vnd.ollama.image." + kind + "\", \"digest\": \"sha256:" + digest + "\"}";
    }

    @Test
    void findsModelsOfOllama() throws IOException {
        var blob = write(home.resolve(".ollama/models/blobs/sha256-aa"), "");
        ollama(
                "some.host/library/llama/1b",
                layer("license", "cc") + "," + layer("model", "aa") + "," + layer("template", "bb"));
        ollama("some.host/library/llama/latest", layer("model", "aa"));
        ollama("some.host/someone/llama/latest", layer("model", "aa"));
        ollama("hf.co/o/r/Q4_0", layer("model", "aa"));
        var store = store(Map.of());

        for (var name : List.of("llama:1b", "llama", "someone/llama", "hf.co/o/r:Q4_0")) {
            assertThat(store.resolve("ollama:" + name)).isEqualTo(new ResolvedModel(name, blob, false));
        }
        var elsewhere = store(Map.of("OLLAMA_MODELS", home.resolve("empty").toString()));
        assertThatThrownBy(() -> elsewhere.resolve("ollama:llama:1b")).hasMessageContaining("ollama pull llama:1b");
    }

    @Test
    void saysWhichModelsOfOllamaItCannotRead() throws IOException {
        write(home.resolve(".ollama/models/blobs/sha256-aa"), "");
        ollama("h/library/lora/latest", layer("model", "aa") + "," + layer("adapter", "bb"));
        ollama("h/library/two/latest", layer("model", "aa") + "," + layer("model", "aa"));
        ollama("h/library/torn/latest", layer("model", "ff"));
        write(home.resolve(".ollama/models/manifests/h/library/broken/latest"), "{");
        var store = store(Map.of());

        assertThatThrownBy(() -> store.resolve("ollama:lora")).hasMessageContaining("adapter");
        assertThatThrownBy(() -> store.resolve("ollama:two")).hasMessageContaining("2 files of weights");
        assertThatThrownBy(() -> store.resolve("ollama:torn")).hasMessageContaining("not complete");
        assertThatThrownBy(() -> store.resolve("ollama:broken")).hasMessageContaining("not a manifest of ollama");
        assertThatThrownBy(() -> store.resolve("ollama:../x")).hasMessageContaining("ollama:NAME");
    }
}
