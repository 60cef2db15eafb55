package io.hayloft.formats.checkpoint;

import static io.hayloft.testing.GgufBuilder.littleEndian;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.GgufBuilder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufBadInputTest {
    private static final int F32 = 0;

    /** Each file is wrong in one field; the message must name the file and contain the words. */
    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                wrong("version 1 is not supported", new GgufBuilder().version(1)),
                wrong("only versions 2 and 3", new GgufBuilder().version(4)),
                wrong("is a big-endian GGUF file (version 3)", new GgufBuilder().version(0x03000000)),
                wrong("is a big-endian GGUF file (version 2)", new GgufBuilder().version(0x02000000)),
                wrong("tensor count", new GgufBuilder().tensorCount(Long.MAX_VALUE)),
                wrong("tensor count", new GgufBuilder().tensorCount(-1)),
                wrong("metadata count", new GgufBuilder().valueCount(1L << 40)),
                wrong("'a' appears twice", new GgufBuilder().whole("a", 1).whole("a", 2)),
                wrong("unknown value type 77", new GgufBuilder().raw("a", 77, new byte[8])),
                wrong("'a' length", new GgufBuilder().raw("a", 8, littleEndian(Long.MAX_VALUE))),
                wrong("'a' length", new GgufBuilder().raw("a", 8, littleEndian(-1L))),
                wrong("'a' array length", new GgufBuilder().raw("a", 9, littleEndian(4, 1L << 60))),
                wrong("'a' array length", new GgufBuilder().raw("a", 9, littleEndian(8, 1L << 33))),
                wrong("array of arrays", new GgufBuilder().raw("a", 9, littleEndian(9, 1L))),
                wrong("general.alignment", new GgufBuilder().whole("general.alignment", 0)),
                wrong("general.alignment", new GgufBuilder().whole("general.alignment", 48)),
                wrong("general.alignment", new GgufBuilder().text("general.alignment", "32")),
                wrong("'t' appears twice", new GgufBuilder().tensor("t", 8).tensor("t", 8)),
                wrong(
                        "'t' has 0 dimensions",
                        new GgufBuilder().header("t", F32, 0).whole("pad", 1)),
                wrong("'t' has 5 dimensions", new GgufBuilder().header("t", F32, 0, 1, 1, 1, 1, 1)),
                wrong("'t' has a size of 0", new GgufBuilder().header("t", F32, 0, 0, 8)),
                wrong("'t' has a size of 18446744073709551615", new GgufBuilder().header("t", F32, 0, 2, -1)),
                wrong("'t' has rows of 4294967296", new GgufBuilder().header("t", F32, 0, 1L << 32)),
                wrong("impossible shape", new GgufBuilder().header("t", F32, 0, 1L << 40, 1L << 40, 8)),
                wrong("impossible shape", new GgufBuilder().header("t", F32, 0, 1L << 32, 1L << 31, 2)),
                wrong("multiple of 32 for Q8_0", new GgufBuilder().tensor("t", GgufBuilder.Q8_0, new byte[34], 33)),
                wrong("Q8_K is not supported", new GgufBuilder().header("t", 15, 0, 256)),
                wrong("Q4_2, removed from the format in 2023, is not", new GgufBuilder().header("t", 4, 0, 256)),
                wrong("number 99 is not supported", new GgufBuilder().header("t", 99, 0, 256)),
                wrong("'b' overlaps", new GgufBuilder().tensor("a", 16).header("b", 26, 32, 8)),
                wrong("needs 32 bytes", new GgufBuilder().header("t", 26, 1 << 20, 8)),
                wrong("offset 5", new GgufBuilder().header("t", F32, 5, 8)),
                wrong("offset 18446744073709551584", new GgufBuilder().header("t", F32, -32, 8)),
                wrong("needs 32 bytes", new GgufBuilder().header("t", F32, 1 << 20, 8)),
                wrong("needs 32 bytes", new GgufBuilder().header("t", F32, Long.MAX_VALUE - 31, 8)),
                wrong("'b' overlaps", new GgufBuilder().tensor("a", 16).header("b", F32, 32, 8)),
                wrong("'b' overlaps", new GgufBuilder().tensor("a", 16).header("b", F32, 0, 8)));
    }

    private static Arguments wrong(String words, GgufBuilder file) {
        return Arguments.of(words, file);
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("wrongFiles")
    void namesFileAndField(String words, GgufBuilder file) {
        assertThatThrownBy(() -> file.read(GgufFile::read))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("built.gguf: ")
                .hasMessageContaining(words);
    }

    @Test
    void readsVersion2() {
        try (var file = GgufBuilder.completeModel("llama").version(2).read(GgufFile::read)) {
            assertThat(file.tensors()).hasSize(11);
        }
    }

    /** Cut anywhere, a file is either refused or, within the last padding, still whole. */
    @Test
    void refusesEveryCut() {
        var whole = GgufBuilder.completeModel("llama").bytes();
        for (int length = 0; length < whole.length; length++) {
            var cut = MemorySegment.ofArray(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> GgufFile.read("cut.gguf", cut))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(UserError.class)
                    .hasMessageStartingWith("cut.gguf: ");
        }
        assertThatCode(() -> GgufFile.read("whole.gguf", MemorySegment.ofArray(whole)))
                .doesNotThrowAnyException();
    }

    /** Random damage gives a file that reads in full or a UserError, nothing else. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void survivesDamage(long seed) {
        var random = new Random(seed);
        var whole = GgufBuilder.completeModel("llama").bytes();
        for (int round = 0; round < 2000; round++) {
            var damaged = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                damaged[random.nextInt(Math.min(damaged.length, 1600))] = (byte) random.nextInt(-128, 128);
            }
            try (var file = GgufFile.read("damaged.gguf", MemorySegment.ofArray(damaged))) {
                file.tensors()
                        .values()
                        .forEach(tensor -> assertThat(tensor.toFloats()).isNotEmpty());
            } catch (UserError e) {
                assertThat(e).hasMessageStartingWith("damaged.gguf: ");
            }
        }
    }

    /** Found by fuzzing: a broken file's own texts must not fill the screen or break the line. */
    @Test
    void messagesStayOneReadableLine() {
        var key = "first\nsecond\u0000\u001b[31m" + "x".repeat(5000);
        assertThatThrownBy(() -> new GgufBuilder().raw(key, 77, new byte[8]).read(GgufFile::read))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("first\uFFFDsecond\uFFFD\uFFFD[31m")
                .hasMessageEndingWith("has the unknown value type 77")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
    }

    @Test
    void emptyTextsAndListsAreNoError() {
        try (var file = new GgufBuilder().text("a", "").texts("b", List.of()).read(GgufFile::read)) {
            assertThat(file.metadata()).containsEntry("a", "").containsEntry("b", List.of());
            assertThat(file.tensors()).isEmpty();
        }
    }
}
