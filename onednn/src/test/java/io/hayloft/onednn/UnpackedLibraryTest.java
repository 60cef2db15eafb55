package io.hayloft.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resource of this test takes the place of a library. */
class UnpackedLibraryTest {
    private static final String RESOURCE = "/io/hayloft/onednn/library.txt";
    private static final String CONTENT = "not really a library\n";

    @TempDir
    private Path folder;

    @Test
    void unpacksOnceAndLeavesNothingElse() throws Exception {
        var target = library(RESOURCE).in(folder.resolve("new"));
        assertThat(target).hasContent(CONTENT);
        try (var files = Files.list(folder.resolve("new"))) {
            assertThat(files).containsExactly(target);
        }
        var then = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(target, then);
        assertThat(library(RESOURCE).in(folder.resolve("new"))).isEqualTo(target);
        assertThat(Files.getLastModifiedTime(target)).isEqualTo(then);
    }

    @Test
    void replacesAFileThatIsNotRight() throws Exception {
        var target = library(RESOURCE).in(folder);
        Files.writeString(target, CONTENT.toUpperCase(Locale.ROOT));
        assertThat(library(RESOURCE).in(folder)).hasContent(CONTENT);
        Files.writeString(target, "cut");
        assertThat(library(RESOURCE).in(folder)).hasContent(CONTENT);
    }

    @Test
    void deletesWhatAKilledProcessLeftAndNothingElse() throws Exception {
        var stale = Files.writeString(folder.resolve("lib.so123.part"), "half");
        var growing = Files.writeString(folder.resolve("lib.so456.part"), "half");
        var foreign = Files.writeString(folder.resolve("other.so789.part"), "half");
        var then = FileTime.from(Instant.now().minus(Duration.ofMinutes(6)));
        Files.setLastModifiedTime(stale, then);
        Files.setLastModifiedTime(foreign, then);
        library(RESOURCE).in(folder);
        assertThat(stale).doesNotExist();
        assertThat(growing).exists();
        assertThat(foreign).exists();
        Files.setLastModifiedTime(growing, then);
        library(RESOURCE).in(folder);
        assertThat(growing).doesNotExist();
    }

    /** A folder that is not empty takes the place of a file of another user. */
    @Test
    void aLeftoverThatCannotBeDeletedIsNoObstacle() throws Exception {
        var firm = Files.createDirectory(folder.resolve("lib.so123.part"));
        Files.createFile(firm.resolve("content"));
        Files.setLastModifiedTime(firm, FileTime.from(Instant.now().minus(Duration.ofMinutes(6))));
        assertThat(library(RESOURCE).in(folder)).hasContent(CONTENT);
        assertThat(library(RESOURCE).in(folder)).hasContent(CONTENT);
        assertThat(firm).exists();
    }

    @Test
    void refusesAResourceThatIsMissingOrDamaged() {
        assertThatThrownBy(() -> library("/none.so").in(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("the library lib.so is not part of this installation");
        var damaged = new UnpackedLibrary(RESOURCE, "lib.so", CONTENT.length(), "00".repeat(32));
        assertThatThrownBy(() -> damaged.in(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("the library lib.so of this installation is damaged");
        assertThat(folder).isEmptyDirectory();
    }

    private static UnpackedLibrary library(String resource) {
        return new UnpackedLibrary(
                resource, "lib.so", CONTENT.length(), new Sha256().add(CONTENT).hex());
    }
}
