package io.hayloft.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path folder;

    @Test
    void theSamePartsGiveTheSameChecksumHoweverTheyAreAdded() throws IOException {
        var file = Files.writeString(folder.resolve("abc"), "abc");
        assertThat(Sha256.of(file)).isEqualTo(ABC);
        assertThat(new Sha256().add("ab").add("c").hex()).isEqualTo(ABC);
        var bytes = ByteBuffer.wrap("bc".getBytes(StandardCharsets.UTF_8));
        assertThat(new Sha256().add("a").add(bytes).hex()).isEqualTo(ABC);
    }

    @Test
    void aFileOfManyPiecesIsReadWhole() throws IOException {
        var file = Files.writeString(folder.resolve("long"), "x".repeat(1_000_003));
        assertThat(Sha256.of(file))
                .isEqualTo(new Sha256().add("x".repeat(1_000_003)).hex());
    }
}
