package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.SafetensorsBuilder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static SafetensorsFile read(byte[] bytes) {
        return SafetensorsFile.read("built.safetensors", MemorySegment.ofArray(bytes));
    }

    @Test
    void readsWhatWasWritten() {
        var header = "{\"__metadata__\": {\"by\": \"hand\"},"
                + " \"longs\": {\"dtype\": \"I64\", \"shape\": [2], \"data_offsets\": [0, 16]},"
                + " \"bytes\": {\"dtype\": \"U8\", \"shape\": [3], \"data_offsets\": [16, 19]},"
                + " \"ints\": {\"dtype\": \"I32\", \"shape\": [1], \"data_offsets\": [19, 23]},"
                + " \"halves\": {\"dtype\": \"BF16\", \"shape\": [1, 2], \"data_offsets\": [23, 27]},"
                + " \"none\": {\"dtype\": \"F32\", \"shape\": [0, 5], \"data_offsets\": [27, 27]},"
                + " \"scalar\": {\"dtype\": \"F32\", \"shape\": [], \"data_offsets\": [27, 31]}}";
        var data = new byte[31];
        data[0] = 5;
        Arrays.fill(data, 8, 16, (byte) -1);
        data[17] = (byte) 200;
        data[19] = 7;
        data[24] = 0x40; // 0x4000 is 2 in bf16
        data[29] = (byte) 0x80;
        data[30] = 0x3F; // 0x3F800000 is 1 in f32
        try (var file = read(SafetensorsBuilder.file(header.length(), header, data))) {
            assertThat(file.metadata()).containsExactly(Map.entry("by", "hand"));
            assertThat(file.names()).containsExactly("longs", "bytes", "ints", "halves", "none", "scalar");
            assertThat(file.tensors()).containsOnlyKeys("halves", "none", "scalar");
            assertThat(file.readLongs("longs")).containsExactly(5, -1);
            assertThat(file.readBytes("bytes")).containsExactly(0, 200, 0);
            assertThat(file.readInts("ints")).containsExactly(7);
            assertThat(file.readFloats("halves")).containsExactly(2, 0);
            assertThat(file.readFloats("none")).isEmpty();
            assertThat(file.readFloats("scalar")).containsExactly(1);
            assertThat(file.shape("halves")).containsExactly(1, 2);
            assertThat(file.dtype("longs")).isEqualTo("I64");
            assertThat(file.raw("bytes").byteSize()).isEqualTo(3);
            assertThatThrownBy(() -> file.readFloats("longs"))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("'longs' is I64");
            assertThatThrownBy(() -> file.readFloats("gone"))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("no tensor 'gone'");
        }
    }

    @Test
    void readsReferenceFiles() {
        try (var file = SafetensorsFile.open(Goldens.path("architectures/llama/expected.safetensors"))) {
            assertThat(file.readLongs("prompt1.input_ids")).hasSize(37);
            assertThat(file.shape("prompt1.logits")).containsExactly(37, 256);
            assertThat(file.readFloats("prompt1.logits")).hasSize(37 * 256);
        }
    }

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                wrong("header length needs 8 bytes", new byte[5]),
                wrong(
                        "header length is 9223372036854775807",
                        SafetensorsBuilder.file(Long.MAX_VALUE, "{}", new byte[9])),
                wrong("header length is 18446744073709551615", SafetensorsBuilder.file(-1, "{}", new byte[9])),
                wrong("header length is 3", SafetensorsBuilder.file(3, "{}", new byte[0])),
                wrong("header length is 0", SafetensorsBuilder.file(0, "", new byte[0])),
                wrong("no valid JSON object (line 1", SafetensorsBuilder.file("{\"a\": ", 0)),
                wrong("no valid JSON object", SafetensorsBuilder.file("[1, 2]", 0)),
                wrong("no valid JSON object", SafetensorsBuilder.file("null", 0)),
                wrong("no valid JSON object", SafetensorsBuilder.file("{} {}", 0)),
                wrong("no valid JSON object", SafetensorsBuilder.file("[".repeat(100_000), 0)),
                wrong("is there twice", header("\"a\": %s, \"a\": %s".formatted(entry(4, 0, 4), entry(4, 0, 4)))),
                wrong("field 'a' must be an object", header("\"a\": 5")),
                wrong("'a' has no description", header("\"a\": null")),
                wrong("field 'a.dtype' is missing", header("\"a\": {\"shape\": [1], \"data_offsets\": [0, 4]}")),
                wrong("unknown type 'F33'", header("\"a\": " + entry(1, 0, 4).replace("F32", "F33"))),
                wrong("field 'a.shape'", header("\"a\": " + entry(1, 0, 4).replace("[1]", "[-1]"))),
                wrong("field 'a.shape'", header("\"a\": " + entry(1, 0, 4).replace("[1]", "[1.5]"))),
                wrong("field 'a.shape'", header("\"a\": " + entry(1, 0, 4).replace("[1]", "[99999999999999999999]"))),
                wrong(
                        "impossible shape",
                        header("\"a\": " + entry(1, 0, 4).replace("[1]", "[4294967296, 4294967296]"))),
                wrong("impossible shape", header("\"a\": " + entry(1, 0, 0).replace("[1]", "[0, 4294967296]"))),
                wrong("does not agree with its 4 bytes", header("\"a\": " + entry(2, 0, 4))),
                wrong("'a' has data_offsets outside", header("\"a\": " + entry(1, 8, 4))),
                wrong("'a' has data_offsets outside", header("\"a\": " + entry(8, 0, 32))),
                wrong(
                        "'a' has data_offsets outside",
                        header("\"a\": " + entry(1, 0, 4).replace("[0, 4]", "[0]"))),
                wrong("'b' overlaps", header("\"a\": %s, \"b\": %s".formatted(entry(2, 0, 8), entry(2, 4, 12)))),
                wrong("field '__metadata__.x' must be a text", header("\"__metadata__\": {\"x\": 1}")));
    }

    private static Arguments wrong(String words, byte[] file) {
        return Arguments.of(words, file);
    }

    /** A file with these tensors and 16 bytes of data. */
    private static byte[] header(String tensors) {
        return SafetensorsBuilder.file("{" + tensors + "}", 16);
    }

    private static String entry(int size, int begin, int end) {
        return "{\"dtype\": \"F32\", \"shape\": [%d], \"data_offsets\": [%d, %d]}".formatted(size, begin, end);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("wrongFiles")
    void namesFileAndField(String words, byte[] file) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("built.safetensors: ")
                .hasMessageContaining(words)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesEveryCut() {
        var whole = SafetensorsBuilder.f32(TinyFolder.tensors());
        for (int length = 0; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(UserError.class);
        }
        read(whole).close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void survivesDamage(long seed) {
        var random = new Random(seed);
        var whole = SafetensorsBuilder.f32(TinyFolder.tensors());
        for (int round = 0; round < 1000; round++) {
            var damaged = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                damaged[random.nextInt(1000)] = (byte) random.nextInt(-128, 128);
            }
            try (var file = read(damaged)) {
                file.tensors()
                        .values()
                        .forEach(tensor -> assertThat(tensor.toFloats()).isNotEmpty());
            } catch (UserError e) {
                assertThat(e).hasMessageStartingWith("built.safetensors: ");
            }
        }
    }
}
