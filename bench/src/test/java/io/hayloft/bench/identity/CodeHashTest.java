package io.hayloft.bench.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeHashTest {
    @TempDir
    Path folder;

    @Test
    void changesWithTheContentAndTheNamesOfClassesOnly() throws IOException {
        var file = Files.writeString(folder.resolve("A.class"), "a");
        var first = CodeHash.of(List.of(folder));
        Files.writeString(folder.resolve("notes.txt"), "no code");
        assertThat(CodeHash.of(List.of(folder))).isEqualTo(first).hasSize(16);
        Files.move(file, folder.resolve("B.class"));
        assertThat(CodeHash.of(List.of(folder))).isNotEqualTo(first);
        Files.move(folder.resolve("B.class"), file);
        assertThat(CodeHash.of(List.of(folder))).isEqualTo(first);
        Files.writeString(file, "b");
        assertThat(CodeHash.of(List.of(folder))).isNotEqualTo(first);
    }

    /** Of every room that results depend on: a hash over fewer would call two builds the same. */
    @Test
    void coversTheRoomsThatResultsDependOn() {
        assertThat(CodeHash.rooms())
                .extracting(room -> room.getPackageName().split("\\.", -1)[2])
                .contains("formats", "tokenizer", "kernels", "kv", "engine", "methods", "tasks", "bench");
    }

    @Test
    void isOfTheCodeThatRuns() throws Exception {
        var places = new LinkedHashSet<Path>();
        for (var room : CodeHash.rooms()) {
            places.add(Path.of(
                    room.getProtectionDomain().getCodeSource().getLocation().toURI()));
        }
        var all = List.copyOf(places);
        assertThat(all).hasSizeGreaterThanOrEqualTo(8);
        assertThat(CodeHash.ofThisProgram())
                .matches("[0-9a-f]{16}")
                .isEqualTo(CodeHash.of(all))
                .isNotEqualTo(CodeHash.of(all.subList(1, all.size())));
    }
}
