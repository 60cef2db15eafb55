package io.hayloft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.StopReason;
import io.hayloft.formats.memory.NativeMemory;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HayloftTest {
    private static final String PROMPT =
            "the pass key is 7 3 9 2 8 1 4 . " + "the barn is red . ".repeat(60) + "the pass key is";
    private static final GenerateOptions OPTIONS = GenerateOptions.upTo(7).withRawPrompt();

    private static Hayloft hayloft = Hayloft.embedded();
    private static long before;

    @BeforeAll
    static void reload() {
        hayloft.close();
        before = NativeMemory.liveBytes();
        hayloft = Hayloft.embedded();
    }

    @AfterAll
    static void closingFreesAllMemory() {
        hayloft.close();
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @Test
    void aResultHoldsTextTokensBytesAndTimes() {
        var full = hayloft.generate(PROMPT, "full", OPTIONS);
        assertThat(full.text()).isEqualTo("7 3 9 2 8 1 4");
        assertThat(full.ids()).hasSize(7);
        assertThat(full.stop()).isEqualTo(StopReason.LENGTH);
        assertThat(full.promptTokens()).isGreaterThan(300);
        assertThat(full.times().prefillSeconds()).isPositive();
        var small = hayloft.generate(PROMPT, "random:4x", OPTIONS);
        assertThat(small.bytes().stored()).isLessThan(full.bytes().stored() / 3);
        assertThat(small.bytes().full()).isEqualTo(full.bytes().full());
    }

    @Test
    void streamedPartsAreTheText() {
        var parts = new StringBuilder();
        var completion = hayloft.generate(PROMPT, "kivi:4bit", OPTIONS, parts::append);
        assertThat(parts).hasToString(completion.text());
    }

    @Test
    void allMethodsTogetherEqualEachAlone() {
        var names = List.of("full", "snapkv:2x", "selective:2x", "kivi:2bit", "selective:2x + kivi:4bit");
        var together = hayloft.generateAll(PROMPT, names, OPTIONS);
        assertThat(together).extracting(Completion::method).containsExactlyElementsOf(names);
        for (int i = 0; i < names.size(); i++) {
            var alone = hayloft.generate(PROMPT, names.get(i), OPTIONS);
            assertThat(together.get(i).ids()).isEqualTo(alone.ids());
            assertThat(together.get(i).bytes()).isEqualTo(alone.bytes());
        }
    }

    @Test
    void drawsDependOnTheSeedOnly() {
        var drawn = OPTIONS.sampled(5, 1, 3);
        var first = hayloft.generate(PROMPT, "full", drawn);
        assertThat(hayloft.generate(PROMPT, "full", drawn).ids()).isEqualTo(first.ids());
        assertThat(hayloft.generate(PROMPT, "full", OPTIONS.sampled(5, 1, 4)).ids())
                .isNotEqualTo(first.ids());
    }

    @Test
    void aStopTextEndsTheAnswer() {
        var completion = hayloft.generate(PROMPT, "full", OPTIONS.stoppingAt(" 2"));
        assertThat(completion.text()).isEqualTo("7 3 9");
        assertThat(completion.stop()).isEqualTo(StopReason.STOP_TEXT);
    }

    @Test
    void threadsWaitForEachOther() throws Exception {
        var expected = hayloft.generate(PROMPT, "full", OPTIONS).ids();
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<Completion> call = () -> hayloft.generate(PROMPT, "full", OPTIONS);
            var calls = threads.invokeAll(Collections.nCopies(4, call));
            for (var done : calls) {
                assertThat(done.get().ids()).isEqualTo(expected);
            }
        }
    }

    @Test
    void mistakesAreOneLine() {
        assertThatThrownBy(() -> hayloft.generate(PROMPT, "snapvk:4x", OPTIONS))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did you mean 'snapkv'?");
        assertThatThrownBy(() -> Hayloft.load("no-such-model")).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> OPTIONS.withCacheType("f8"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cache type");
        assertThatThrownBy(() -> GenerateOptions.upTo(0)).isInstanceOf(UserError.class);
    }
}
