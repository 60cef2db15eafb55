package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a web server of the test: whole, resumed, broken, refused. */
class PullTest {
    private static final byte[] CONTENT = bytes(300_000);

    @TempDir
    Path cache;

    private FileServer server;
    private final List<Long> progress = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();
    /** Long enough for a busy machine; the test of stalls sets its own. */
    private Duration stall = Duration.ofMinutes(2);

    private final PullListener listener = new PullListener() {
        @Override
        public void step(String text) {
            steps.add(text);
        }

        @Override
        public void progress(long bytes, long total) {
            progress.add(bytes);
        }
    };

    @BeforeEach
    void start() throws IOException {
        server = new FileServer(CONTENT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void bringsTheFileFromTheHubsOwnAddress() throws Exception {
        var model = store(Map.of()).pull("m", listener);

        assertThat(model.path()).isEqualTo(file()).hasBinaryContent(CONTENT);
        assertThat(server.requests()).containsExactly("/org/repo/resolve/abc/m.gguf null null");
        assertThat(progress).last().isEqualTo((long) CONTENT.length);
        assertThat(progress).isSorted();
        assertThat(part()).doesNotExist();
    }

    @Test
    void fetchesNothingTwice() {
        store(Map.of()).pull("m", listener);
        store(Map.of()).pull("m", listener);

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void replacesAFileThatWasDamaged() throws Exception {
        store(Map.of()).pull("m", listener);
        var damaged = CONTENT.clone();
        damaged[1000]++;
        Files.write(file(), damaged);

        store(Map.of()).pull("m", listener);

        assertThat(file()).hasBinaryContent(CONTENT);
    }

    @Test
    void goesOnByItselfWhenTheTransferBreaksOff() {
        server.breaks.addAll(List.of(100_000, 50_000));

        store(Map.of()).pull("m", listener);

        assertThat(file()).hasBinaryContent(CONTENT);
        assertThat(server.requests())
                .containsExactly(
                        "/org/repo/resolve/abc/m.gguf null null",
                        "/org/repo/resolve/abc/m.gguf bytes=100000- null",
                        "/org/repo/resolve/abc/m.gguf bytes=150000- null");
    }

    @Test
    void aLaterStartResumesWhatWasLeft() throws Exception {
        server.breaks.addAll(List.of(100_000, 0));

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("broke off at 100000 of 300000 bytes")
                .hasMessageContaining("run the same command again");
        assertThat(part()).hasSize(100_000);
        assertThat(file()).doesNotExist();

        store(Map.of()).pull("m", listener);
        assertThat(file()).hasBinaryContent(CONTENT);
        assertThat(server.requests()).last().isEqualTo("/org/repo/resolve/abc/m.gguf bytes=100000- null");
    }

    @Test
    void startsAgainWhereTheServerIgnoresTheRange() throws Exception {
        server.honoursRange = false;
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[70_000]);

        store(Map.of()).pull("m", listener);

        assertThat(file()).hasBinaryContent(CONTENT);
    }

    @Test
    void throwsAwayAPartThatIsTooLong() throws Exception {
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[CONTENT.length + 1]);

        store(Map.of()).pull("m", listener);

        assertThat(file()).hasBinaryContent(CONTENT);
    }

    @Test
    void removesAFileWithAWrongChecksum() throws Exception {
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[70_000]);

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("Hugging Face org/repo: wrong checksum")
                .hasMessageContaining(sha256(CONTENT));
        assertThat(part()).doesNotExist();
        assertThat(file()).doesNotExist();
    }

    @Test
    void refusesAFileOfAnotherSize() throws Exception {
        server.close();
        server = new FileServer(bytes(200_000));

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("offers 200000 bytes, expected are 300000");
    }

    @Test
    void saysThatATokenIsNeeded() {
        server.status = 401;

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("refused (401): set HF_TOKEN")
                .hasMessageContaining("/org/repo");
        assertThatThrownBy(() -> store(Map.of("HF_TOKEN", "secret")).pull("m", listener))
                .hasMessageContaining("HF_TOKEN gives no access")
                .hasMessageNotContaining("secret");
    }

    @Test
    void saysThatTheFileDoesNotExist() {
        server.status = 404;

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("not found (404): no m.gguf at abc");
    }

    @Test
    void saysThatTheServerIsInTrouble() {
        server.status = 503;

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener)).hasMessageContaining("answered 503");
    }

    @Test
    void showsTheTokenToTheHubOnly() throws Exception {
        try (var storage = new FileServer(CONTENT)) {
            server.redirect = storage.address() + "/blob";

            store(Map.of("HF_TOKEN", "secret")).pull("m", listener);

            assertThat(server.requests()).containsExactly("/org/repo/resolve/abc/m.gguf null Bearer secret");
            assertThat(storage.requests()).containsExactly("/blob null null");
        }
    }

    @Test
    void givesUpOnRedirectsInACircle() {
        server.redirect = "/again";

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener)).hasMessageContaining("redirects in circles");
    }

    @Test
    void givesUpOnATransferThatStalls() {
        server.stallAfter = 0;
        stall = Duration.ofSeconds(2);

        assertThatThrownBy(() -> store(Map.of()).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("stalled at 0 of 300000 bytes");
    }

    @Test
    void saysThatTheHubCannotBeReached() throws Exception {
        int free;
        try (var socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() ->
                        store(Map.of("HF_ENDPOINT", "http://127.0.0.1:" + free)).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot reach 127.0.0.1:" + free);
    }

    /** A label of more than 63 letters is not a name, so nobody is asked for it. */
    @Test
    void saysThatTheNameDoesNotResolve() {
        var host = "h".repeat(64) + ".invalid";

        assertThatThrownBy(() -> store(Map.of("HF_ENDPOINT", "http://" + host)).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot reach " + host + " (its name does not resolve)");
    }

    @Test
    void namesWhyEachSourceFailed() {
        server.status = 404;
        var hub = new Source.HuggingFace("org/repo", "abc", "m.gguf");
        var python = new Source.PythonPackages(List.of(new Part("one==1.0", "m.gguf")));

        assertThatThrownBy(() -> store(Map.of(), List.of(hub, python)).pull("m", listener))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("cannot fetch 'm' (m.gguf): " + hub.describe() + ": not found (404)")
                .hasMessageContaining("; " + python.describe() + ": ")
                .hasMessageContaining("no-python");

        // What failed last is told by the error itself.
        assertThat(steps.stream().filter(step -> step.contains("not from there")))
                .containsExactly("  not from there: not found (404): no m.gguf at abc");
        assertThat(steps)
                .containsSubsequence(
                        "m.gguf from " + hub.describe(),
                        "  not from there: not found (404): no m.gguf at abc",
                        "m.gguf from " + python.describe());
    }

    @Test
    void refusesAnEndpointThatIsNoAddress() {
        assertThatThrownBy(() -> store(Map.of("HF_ENDPOINT", "my mirror")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("HF_ENDPOINT='my mirror'");
    }

    private ModelStore store(Map<String, String> environment) {
        return store(environment, List.of(new Source.HuggingFace("org/repo", "abc", "m.gguf")));
    }

    private ModelStore store(Map<String, String> environment, List<Source> sources) {
        var variables = new java.util.HashMap<>(Map.of("HF_ENDPOINT", server.address()));
        variables.putAll(environment);
        var limits = new HttpTransfer.Limits(Duration.ofMinutes(1), stall, 3, Duration.ZERO);
        var file = new ModelFile("m.gguf", CONTENT.length, sha256(CONTENT), sources);
        var model = new CatalogueModel("m", "test", "llama", "0M", 8, "none", List.of(file));
        var fetcher = new Fetcher(new HubDownload(variables, limits), new PythonDownload(List.of("no-python")));
        return new ModelStore(cache, new Catalogue(List.of(model)), fetcher, new LocalCaches(Map.of(), cache));
    }

    private Path file() {
        return cache.resolve("models/m/m.gguf");
    }

    private Path part() {
        return cache.resolve("models/m/m.gguf.part");
    }

    private static byte[] bytes(int count) {
        var bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
