package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.Goldens;
import org.junit.jupiter.api.Test;

class LanguageModelTest {
    @Test
    void theChatFormatIsReadOnce() {
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(1))) {
            assertThat(model.chat()).isSameAs(model.chat());
        }
    }
}
