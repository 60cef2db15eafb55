package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Test
    void thisProgramHasOne() {
        assertThat(CodeHash.ofThisProgram()).matches("[0-9a-f]{16}").isEqualTo(CodeHash.ofThisProgram());
    }
}
