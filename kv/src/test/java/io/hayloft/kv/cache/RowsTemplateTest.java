package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class RowsTemplateTest {
    @Test
    void classesAreWhatTheTemplateGives() throws IOException {
        var classes = RowsTemplate.classes();
        assertThat(classes).hasSize(3);
        for (var entry : classes.entrySet()) {
            assertThat(Files.readString(RowsTemplate.SOURCES.resolve(entry.getKey())))
                    .as("%s is written by RowsTemplate", entry.getKey())
                    .isEqualToIgnoringWhitespace(entry.getValue());
        }
    }
}
