package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @Test
    void namesWhatThereIs() {
        assertThat(Cli.good("doctor").out())
                .contains("Java", "vectors", "processor", "memory", "cache folder", "models", "pip");
        assertThat(Cli.good("doctor", "--json").out()).startsWith("[").contains("\"advice\"");
    }

    @Test
    void refusesAnOldJava() {
        assertThat(Doctor.java(Runtime.Version.parse("25.0.2")).advice()).contains("25.0.3");
        assertThat(Doctor.java(Runtime.Version.parse("25.0.3+9-LTS")).advice()).isEmpty();
        assertThat(Doctor.java(Runtime.Version.parse("26")).advice()).isEmpty();
    }

    @Test
    void saysThatPythonIsMissing() {
        var finding = Doctor.pip(List.of("/nowhere/python3"));
        assertThat(finding.value()).isEqualTo("/nowhere/python3 cannot be started");
        assertThat(finding.advice()).contains("install Python 3 with pip");
    }

    @Test
    void saysThatTheCacheFolderCannotBeWritten(@TempDir Path folder) throws Exception {
        assertThat(Doctor.cacheFolder(folder.resolve("new")).advice()).isEmpty();
        var file = Files.createFile(folder.resolve("file"));
        assertThat(Doctor.cacheFolder(file).advice()).contains("HAYLOFT_HOME");
    }
}
