package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.SafetensorsBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies where weights should is called by its name, in both formats. */
class ForeignFileTest {
    private static final String POINTER =
            "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 98362432\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "'<!DOCTYPE html><html>', is a web page",
        "'  <html lang=en>', is a web page",
        "'<?xml version=1?><Error>', is a web page",
        "PK\u0003\u0004rest, PyTorch pickle",
        "\u0080\u0002\u008a, PyTorch pickle",
        "\u0080\u0004\u0095abc, PyTorch pickle",
        "\u0089HDF, HDF5",
        "lmgg\u0001, 'the format ''ggml'''",
        "tjgg\u0003, 'the format ''ggjt'''",
        "fmgg\u0001, 'the format ''ggmf'''",
        "algg\u0001, 'the format ''ggla'''",
    })
    void isNamedInBothFormats(String start, String words) throws IOException {
        refuses(start.getBytes(StandardCharsets.ISO_8859_1), words);
    }

    @Test
    void namesGitLfsPointers() throws IOException {
        refuses(POINTER.getBytes(StandardCharsets.UTF_8), "is a Git LFS pointer");
    }

    private void refuses(byte[] bytes, String words) throws IOException {
        var gguf = Files.write(folder.resolve("model.gguf"), bytes);
        assertThatThrownBy(() -> GgufFile.open(gguf))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(gguf + ": ")
                .hasMessageContaining(words);
        TinyFolder.single(folder);
        var weights = Files.write(folder.resolve("model.safetensors"), bytes);
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(weights + ": ")
                .hasMessageContaining(words);
    }

    @Test
    void namesEachFormatInPlaceOfTheOther() throws IOException {
        var gguf = GgufBuilder.completeModel("llama").bytes();
        var weights = SafetensorsBuilder.f32(TinyFolder.tensors());
        assertThatThrownBy(() -> GgufFile.open(Files.write(folder.resolve("a.gguf"), weights)))
                .hasMessageContaining("is a safetensors file");
        assertThatThrownBy(() -> SafetensorsFile.open(Files.write(folder.resolve("a.safetensors"), gguf)))
                .hasMessageContaining("is a GGUF file");
    }

    /** A header of 640 bytes has a length that begins as a pickle does. */
    @Test
    void lengthsThatLookLikeAnotherFormatAreLengths() throws IOException {
        var header = new byte[0x0280];
        Arrays.fill(header, (byte) ' ');
        header[0] = '{';
        header[1] = '}';
        var text = new String(header, StandardCharsets.US_ASCII);
        var path = folder.resolve("short.safetensors");
        SafetensorsFile.open(Files.write(path, SafetensorsBuilder.file(text, 0)))
                .close();
    }

    @Test
    void namesWeightsOfOtherFormatsInAFolder() throws IOException {
        TinyFolder.single(folder);
        Files.move(folder.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("pytorch_model.bin in a format that is not read");
    }
}
