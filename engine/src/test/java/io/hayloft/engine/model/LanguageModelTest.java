package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.testing.Shared;
import org.junit.jupiter.api.Test;

class LanguageModelTest {
    @Test
    void theChatFormatIsReadOnce() {
        try (var model = LanguageModel.load(Shared.path("models/hayloft-tiny"), LoadOptions.withThreads(1))) {
            assertThat(model.chat()).isSameAs(model.chat());
        }
    }

    @Test
    void warmingUpTakesItsTimeAndLeavesNothing() {
        try (var model = LanguageModel.load(Shared.path("models/hayloft-tiny"), LoadOptions.withThreads(1))) {
            long before = NativeMemory.liveBytes();
            long start = System.nanoTime();
            model.warmUp(0.2);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000);
            assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        }
    }
}
