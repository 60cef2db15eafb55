package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.VectorWidth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class DoctorTest {
    @Test
    void namesWhatThereIs() {
        var findings = new LinkedHashMap<String, String>();
        for (var finding :
                JsonMapper.shared().readTree(Cli.good("doctor", "--json").out())) {
            assertThat(finding.propertyNames()).contains("name", "value", "advice");
            findings.put(finding.get("name").asString(), finding.get("value").asString());
        }
        assertThat(findings)
                .containsKeys("Java", "vectors", "processor", "memory", "cache folder", "models")
                .allSatisfy((name, value) -> assertThat(value).as(name).isNotBlank());
        assertThat(findings.get("Java"))
                .contains(String.valueOf(Runtime.version().feature()));
        assertThat(findings.get("vectors")).contains(String.valueOf(VectorWidth.BITS));
        assertThat(findings.get("processor"))
                .contains(String.valueOf(Runtime.getRuntime().availableProcessors()));
        var text = Cli.good("doctor").out();
        findings.forEach((name, value) -> assertThat(text).contains(name));
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
