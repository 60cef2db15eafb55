package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets from a web server of the test, which answers as the Hub does. */
class DataSetsTest {
    private static final String ONE = "7956e94fb272285d5ed77fe3ba9843ed250ce6f4";
    private static final String TWO = "2b48e494f2c7a2f0af81aae178e05c7e1dde0fe9";

    @TempDir
    Path home;

    private FileServer server;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer(new byte[0]);
        server.files.put("/nothing", new byte[0]);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private DataSets sets(int resumes) {
        var limits = new HttpTransfer.Limits(Duration.ofMinutes(1), Duration.ofMinutes(1), resumes, Duration.ZERO);
        return new DataSets(home, new HubDownload(Map.of("HF_ENDPOINT", server.address()), limits));
    }

    private void has(String repo, String revision, String file, byte[] content, String sha256) {
        var text = "{\"sha\": \"" + revision + "\", \"siblings\": [{\"rfilename\": \"" + file
                + "\", \"lfs\": {\"size\": " + content.length + ", \"sha256\": \"" + sha256 + "\"}}]}";
        server.files.put("/api/datasets/" + repo + "/revision/" + revision, text.getBytes(StandardCharsets.UTF_8));
        server.files.put("/datasets/" + repo + "/resolve/" + revision + "/" + file, content);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    /** An archive as the official one, with a large row that does not shrink much. */
    private static byte[] archive() throws IOException {
        var noise = new byte[30_000];
        new Random(1).nextBytes(noise);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var name : new String[] {"qasper.jsonl", "qasper_e.jsonl", "lsht.jsonl"}) {
                zip.putNextEntry(new ZipEntry("data/" + name));
                zip.write(("{\"_id\": \"" + name + HexFormat.of().formatHex(noise) + "\"}\n")
                        .getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
            zip.putNextEntry(new ZipEntry("../outside.txt"));
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void unpacksTheArchiveOnce() throws Exception {
        has("THUDM/LongBench", ONE, "data.zip", archive(), sha256(archive()));

        var files = sets(3).pull("longbench", PullListener.SILENT);

        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("qasper.jsonl", "qasper_e.jsonl", "lsht.jsonl");
        assertThat(files).allSatisfy(file -> assertThat(file).content().startsWith("{\"_id\": \""));
        try (var here = Files.list(home.resolve("datasets"))) {
            assertThat(here.map(file -> file.getFileName().toString())).noneMatch(name -> name.endsWith(".part"));
        }
        int asked = server.requests().size();
        assertThat(sets(3).pull("longbench-e", PullListener.SILENT)).isEqualTo(files);
        assertThat(server.requests()).hasSize(asked);
        Files.delete(files.get(1));
        assertThat(sets(3).pull("longbench-e", PullListener.SILENT))
                .allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void goesOnWhereATransferBrokeOff() throws Exception {
        var content = archive();
        has("THUDM/LongBench", ONE, "data.zip", content, sha256(content));
        server.breaks.add(Integer.MAX_VALUE); // the description
        server.breaks.add(20_000);

        assertThatThrownBy(() -> sets(0).pull("longbench", PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'longbench'")
                .hasMessageContaining("--data");
        assertThat(sets(0).pull("longbench", PullListener.SILENT)).hasSize(3);

        assertThat(server.requests().getLast()).contains("bytes=20000-");
    }

    @Test
    void refusesAnotherContent() throws Exception {
        var content = "[{}]".getBytes(StandardCharsets.UTF_8);
        has("THUDM/LongBench-v2", TWO, "data.json", content, sha256("[{},{}]".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> sets(3).pull("longbench-v2", PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("wrong checksum");
        assertThat(home.resolve("datasets/longbench-v2.json")).doesNotExist();

        has("THUDM/LongBench-v2", TWO, "data.json", content, sha256(content));
        assertThat(sets(3).pull("longbench-v2", PullListener.SILENT))
                .containsExactly(home.resolve("datasets/longbench-v2.json"));
        assertThat(home.resolve("datasets/longbench-v2.json")).hasContent("[{}]");
    }

    @Test
    void refusesWhatIsNotThere() throws Exception {
        assertThatThrownBy(() -> sets(3).pull("longbenchs", PullListener.SILENT))
                .hasMessage("unknown data set 'longbenchs': did you mean 'longbench'?");
        assertThatThrownBy(() -> sets(3).pull("longbench", PullListener.SILENT)).isInstanceOf(UserError.class);
        var noArchive = "no archive".getBytes(StandardCharsets.UTF_8);
        has("THUDM/LongBench", ONE, "data.zip", noArchive, sha256(noArchive));
        assertThatThrownBy(() -> sets(3).pull("longbench", PullListener.SILENT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is broken");
    }
}
