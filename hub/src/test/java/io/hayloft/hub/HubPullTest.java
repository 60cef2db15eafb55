package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls of repositories and addresses from a web server of the test. */
class HubPullTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path home;

    private FileServer server;
    private final Map<String, byte[]> repo = new LinkedHashMap<>();

    @BeforeEach
    void start() throws IOException {
        server = new FileServer(new byte[0]);
        server.files.put("/nothing", new byte[0]);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ModelStore store() {
        var limits = new HttpTransfer.Limits(Duration.ofMinutes(1), Duration.ofMinutes(1), 3, Duration.ZERO);
        var hub = new HubDownload(Map.of("HF_ENDPOINT", server.address()), limits);
        var fetcher = new Fetcher(hub, new PythonDownload(List.of("no-python")));
        return new ModelStore(home.resolve("own"), new Catalogue(List.of()), fetcher, new LocalCaches(Map.of(), home));
    }

    private ModelStore has(String... names) throws Exception {
        for (var name : names) {
            var content = new byte[20_000];
            new Random(name.hashCode()).nextBytes(content);
            repo.put(name, content);
            server.files.put("/o/r/resolve/" + COMMIT + "/" + name.replace(" ", "%20"), content);
        }
        return describe("main");
    }

    private ModelStore describe(String revision) throws Exception {
        var files = new ArrayList<String>();
        for (var file : repo.entrySet()) {
            var size = file.getValue().length;
            files.add("{\"rfilename\": \"" + file.getKey() + "\", \"size\": " + size + ", "
                    + (file.getKey().endsWith(".json")
                            ? "\"blobId\": \"" + git(file.getValue()) + "\"}"
                            : "\"lfs\": {\"size\": " + size + ", \"sha256\": \"" + sha256(file.getValue()) + "\"}}"));
        }
        var text = "{\"sha\": \"" + COMMIT + "\", \"siblings\": ["
                + files.stream().collect(Collectors.joining(", ")) + "]}";
        server.files.put("/api/models/o/r/revision/" + revision, text.getBytes(StandardCharsets.UTF_8));
        return store();
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static String git(byte[] content) throws Exception {
        var sha1 = MessageDigest.getInstance("SHA-1");
        sha1.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(sha1.digest(content));
    }

    private ResolvedModel pull(ModelStore store, String name) {
        return store.pull(name, PullListener.SILENT);
    }

    @Test
    void takesTheDefaultQuantisation() throws Exception {
        var store = has("m-F16.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "mmproj-Q4_K_M.gguf", "README.md");

        var model = pull(store, "hf:o/r");

        assertThat(model.path()).hasBinaryContent(repo.get("m-Q4_K_M.gguf"));
        assertThat(model.name()).isEqualTo("m-Q4_K_M");
        assertThat(store.resolve("hf:o/r")).isEqualTo(model);
        assertThat(store.resolve("hf:o/r:q4_k_m")).isEqualTo(model);
        assertThat(store.resolve("hf:o/r/m-Q4_K_M.gguf@" + COMMIT)).isEqualTo(model);
        assertThatThrownBy(() -> store.resolve("hf:o/r:Q8_0")).hasMessageContaining("hayloft pull hf:o/r:Q8_0");
        assertThat(pull(store, "hf:o/r:Q8_0").path()).hasBinaryContent(repo.get("m-Q8_0.gguf"));
        assertThat(store.pulled()).hasSize(2);
    }

    @Test
    void takesAllPartsAndFindsThemInFolders() throws Exception {
        var store = has("Q4 K/m-Q6_K-00001-of-00002.gguf", "Q4 K/m-Q6_K-00002-of-00002.gguf", "m-Q8_0.gguf");

        var first = pull(store, "hf:o/r:Q6_K").path();

        assertThat(first).hasBinaryContent(repo.get("Q4 K/m-Q6_K-00001-of-00002.gguf"));
        assertThat(first.resolveSibling("m-Q6_K-00002-of-00002.gguf")).exists();
        assertThat(store.pulled())
                .hasSize(1)
                .first()
                .extracting(ModelStore.Kept::bytes)
                .isEqualTo(40_000L);
        assertThat(store.remove(store.pulled().getFirst().name())).isEqualTo(40_000);
        assertThat(first).doesNotExist();
        assertThat(store.pulled()).isEmpty();
    }

    @Test
    void takesTheFilesOfAFolder() throws Exception {
        var store = has(
                "config.json",
                "tokenizer.json",
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
                "pytorch_model.bin",
                "consolidated.safetensors",
                "quantize_config.json",
                "quant_config.json",
                "vocab.txt");

        var model = pull(store, "hf:o/r");

        assertThat(model.name()).isEqualTo("r");
        assertThat(model.path().resolve("model-00002-of-00002.safetensors")).exists();
        assertThat(model.path().resolve("quantize_config.json")).exists();
        assertThat(model.path().resolve("quant_config.json")).exists();
        assertThat(model.path().resolve("vocab.txt")).doesNotExist(); // tokenizer.json is read
        assertThat(model.path().resolve("pytorch_model.bin")).doesNotExist();
        assertThat(model.path().resolve("consolidated.safetensors")).doesNotExist();
        assertThat(store.resolve("hf:o/r")).isEqualTo(model);
        assertThat(store.verify("hf:o/r")).isEmpty();
        Files.writeString(model.path().resolve("config.json"), "x".repeat(20_000));
        assertThat(store.verify("hf:o/r")).hasSize(1).first().asString().contains("config.json", "wrong checksum");
        pull(store, "hf:o/r");
        assertThat(store.verify("hf:o/r")).isEmpty();
    }

    @Test
    void takesTheVocabulariesOfRwkvWhereThereIsNoOther() throws Exception {
        var store = has("config.json", "model.safetensors", "rwkv_vocab_v20230424.txt", "vocab.txt", "notes.txt");

        var folder = pull(store, "hf:o/r").path();

        assertThat(folder.resolve("rwkv_vocab_v20230424.txt")).exists();
        assertThat(folder.resolve("vocab.txt")).exists();
        assertThat(folder.resolve("notes.txt")).doesNotExist();
    }

    @Test
    void everyListedNameIsFound() throws Exception {
        has("m.gguf");
        pull(describe("v1"), "hf:o/r@v1");
        assertThat(store().pulled()).extracting(ModelStore.Kept::name).containsExactly("hf:o/r/m.gguf@v1");
        assertThat(store().resolve("hf:o/r/m.gguf@v1").name()).isEqualTo("m");

        pull(describe("main"), "hf:o/r");
        assertThat(store().pulled()).extracting(ModelStore.Kept::name).containsExactly("hf:o/r/m.gguf");
        assertThat(store().resolve("hf:o/r/m.gguf").name()).isEqualTo("m");
    }

    @Test
    void aFolderOfARevisionIsListedWithIt() throws Exception {
        has("config.json", "model.safetensors");
        pull(describe("v1"), "hf:o/r@v1");
        assertThat(store().pulled()).extracting(ModelStore.Kept::name).containsExactly("hf:o/r@v1");
        assertThat(store().resolve("hf:o/r@v1").name()).isEqualTo("r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b.gguf", "a@b.gguf", "a..b.gguf"})
    void namesThatNoReferenceCanHoldDoNotEndTheListing(String name) throws Exception {
        pull(has(name), "hf:o/r");

        assertThat(store().pulled()).extracting(ModelStore.Kept::name).containsExactly("hf:o/r/" + name);
        assertThat(store().remove("hf:o/r/" + name)).isEqualTo(20_000);
    }

    @Test
    void emptyFilesAreFiles() throws Exception {
        has("config.json", "model.safetensors");
        repo.put("added_tokens.json", new byte[0]);

        var model = pull(describe("main"), "hf:o/r");

        assertThat(model.path().resolve("added_tokens.json")).isEmptyFile();
    }

    @Test
    void lettersOfOtherAlphabetsAreEscaped() throws Exception {
        var content = new byte[] {1, 2, 3};
        repo.put("modèle 草.gguf", content);
        server.files.put("/o/r/resolve/" + COMMIT + "/mod%C3%A8le%20%E8%8D%89.gguf", content);

        assertThat(pull(describe("main"), "hf:o/r").path()).hasBinaryContent(content);
    }

    @Test
    void namesWhatThereIsWhenTheChoiceIsNotClear() throws Exception {
        var store = has("a-Q4_K_M.gguf", "b-Q4_K_M.gguf");
        assertThatThrownBy(() -> pull(store, "hf:o/r"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("a-Q4_K_M.gguf, b-Q4_K_M.gguf");
        assertThatThrownBy(() -> pull(store, "hf:o/r:Q2_K")).hasMessageContaining("no GGUF file of quantisation Q2_K");
        assertThatThrownBy(() -> pull(store, "hf:o/r/c.gguf")).hasMessageContaining("has no file c.gguf");
        repo.clear();
        var other = has("pytorch_model.bin");
        assertThatThrownBy(() -> pull(other, "hf:o/r")).hasMessageContaining("its weights are pytorch_model.bin");
    }

    @Test
    void aRevisionIsItsOwn() throws Exception {
        has("m.gguf");
        var store = describe("v1.0");
        pull(store, "hf:o/r@v1.0");
        assertThat(store.resolve("hf:o/r@v1.0").name()).isEqualTo("m");
        assertThatThrownBy(() -> store.resolve("hf:o/r")).hasMessageContaining("not on this machine");
        assertThatThrownBy(() -> pull(store, "hf:o/r@v9")).hasMessageContaining("revision 'v9'");
    }

    @Test
    void resumesAndWaitsWhenTheServerIsBusy() throws Exception {
        var store = has("m.gguf");
        server.statuses.addAll(List.of(429, 200, 429));
        server.breaks.addAll(List.of(100_000, 100_000, 100_000, 5_000));

        assertThat(pull(store, "hf:o/r").path()).hasBinaryContent(repo.get("m.gguf"));
        assertThat(server.requests()).last().asString().contains("bytes=5000-");
    }

    @Test
    void aFileThatIsNotWhatTheHubSaysIsRemoved() throws Exception {
        var store = has("m.gguf");
        var other = Objects.requireNonNull(repo.get("m.gguf")).clone();
        other[7]++;
        server.files.put("/o/r/resolve/" + COMMIT + "/m.gguf", other);
        assertThatThrownBy(() -> pull(store, "hf:o/r")).hasMessageContaining("wrong checksum");
        server.files.put("/o/r/resolve/" + COMMIT + "/m.gguf", new byte[7]);
        assertThatThrownBy(() -> pull(store, "hf:o/r")).hasMessageContaining("offers 7 bytes");
        try (var left = Files.walk(home)) {
            assertThat(left.filter(file -> file.toString().contains("m.gguf"))).isEmpty();
        }
    }

    @Test
    void anAddressNeedsItsChecksum() throws Exception {
        var content = new byte[9_000];
        new Random(4).nextBytes(content);
        server.files.put("/files/my.gguf", content);
        var address = URI.create(server.address() + "/files/my.gguf?download=true");
        server.breaks.add(3_000);
        var store = store();

        var model = store.pull(address, sha256(content), PullListener.SILENT);

        assertThat(model.path()).hasBinaryContent(content);
        assertThat(store.resolve("my")).isEqualTo(model);
        assertThat(store.verify("my")).isEmpty();
        assertThatThrownBy(() -> store.pull(address, "0".repeat(64), PullListener.SILENT))
                .hasMessageContaining("wrong checksum");
        assertThat(model.path()).hasBinaryContent(content);
        assertThatThrownBy(() -> store.pull(address, "12", PullListener.SILENT)).hasMessageContaining("64 hex digits");
        assertThat(store.remove("my")).isEqualTo(9_000);
        assertThatThrownBy(() -> store.resolve("my")).hasMessageContaining("unknown model");
    }

    @Test
    void anotherFileOfTheSameNameIsNotReplaced() throws Exception {
        var first = new byte[] {1, 2, 3};
        var second = new byte[] {4, 5, 6, 7};
        server.files.put("/a/my.gguf", first);
        server.files.put("/b/my.gguf", second);
        server.files.put("/c/my.gguf", first);
        var a = URI.create(server.address() + "/a/my.gguf");
        var b = URI.create(server.address() + "/b/my.gguf");
        var c = URI.create(server.address() + "/c/my.gguf");
        var model = store().pull(a, sha256(first), PullListener.SILENT);

        assertThatThrownBy(() -> store().pull(b, sha256(second), PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessage("a file named my.gguf was pulled from " + a + ": remove it first (hayloft models rm my)");
        assertThat(model.path()).hasBinaryContent(first);
        assertThat(store().pull(c, sha256(first), PullListener.SILENT).path()).hasBinaryContent(first);
        store().remove("my");
        assertThat(store().pull(b, sha256(second), PullListener.SILENT).path()).hasBinaryContent(second);
    }

    @Test
    void whatIsLeftOfAnotherAddressIsNotGoneOnFrom() throws Exception {
        var first = new byte[9_000];
        var second = new byte[9_000];
        new Random(5).nextBytes(first);
        new Random(6).nextBytes(second);
        server.files.put("/a/my.gguf", first);
        server.files.put("/b/my.gguf", second);
        server.breaks.addAll(List.of(3_000, 0, 0, 0, 0));
        var a = URI.create(server.address() + "/a/my.gguf");
        var b = URI.create(server.address() + "/b/my.gguf");
        assertThatThrownBy(() -> store().pull(a, sha256(first), PullListener.SILENT))
                .hasMessageContaining("at 3000");
        server.breaks.clear();

        assertThat(store().pull(b, sha256(second), PullListener.SILENT).path()).hasBinaryContent(second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https:///m.gguf",
                "http://my_host/m.gguf",
                "m.gguf",
                "//host/m.gguf",
                "http://localhost:99999/m.gguf"
            })
    void refusesWhatIsNoWebAddress(String address) {
        assertThatThrownBy(() -> store().pull(URI.create(address), "0".repeat(64), PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessage("cannot fetch m.gguf: '" + address + "' is not a web address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a b/", "ftp://127.0.0.1/m.gguf", "http:///m.gguf"})
    void refusesARedirectToWhatIsNoAddress(String to) {
        server.redirect = to;
        assertThatThrownBy(() -> pull(store(), "hf:o/r"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'" + to + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf:", "hf:a", "hf:a/b/c.txt", "hf:../x", "hf:a/b:Q4/x", "hf:a/b/c.gguf:Q4_0", "hf:a/../b"})
    void refusesWhatIsNoReference(String text) {
        assertThatThrownBy(() -> pull(store(), text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("hf:OWNER/REPO");
    }

    @Test
    void aNameWithoutPrefixIsToldWhatToWrite() {
        assertThatThrownBy(() -> store().resolve("o/r")).hasMessageContaining("hayloft pull hf:o/r");
        assertThatThrownBy(() -> pull(store(), "o/r")).hasMessageContaining("hf:o/r");
    }
}
