package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What methods promise that go on changing their cache while decoding, or look tokens up. */
class PolicyConformanceTest extends MethodRuns {
    @ParameterizedTest
    @ValueSource(strings = {"streaming:60", "h2o:60", "h2o:60 + flexgen:4bit"})
    void policiesHoldTheBudgetWhileDecoding(String expression) {
        var method = Methods.parse(expression);
        try (var prefill = prefill(prompt(PROMPT, 7), method);
                var cache = method.build(prefill)) {
            var logits = new float[model.config().vocabulary()];
            for (int step = 0; step < 40; step++) {
                model.decoder().step(new int[] {100 + step}, new SequenceCache[] {cache}, logits);
            }
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                for (int head = 0; head < cache.shape().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head))
                            .hasSize(60)
                            .doesNotHaveDuplicates()
                            .contains(PROMPT + 39, PROMPT + 20);
                }
            }
        }
    }

    /** Its bytes are those after the step that shrinks it: the union of what the query heads of a KV head see. */
    @Test
    void paperHeavyHittersAreCountedWhenTheyHaveShrunk() {
        var prompt = prompt(PROMPT, 12);
        var completions = complete(prompt, 8, "full", "h2o-paper:2x", "h2o-paper:4x", "h2o-paper:8x");
        assertThat(completions.get(1).freeTokens()).isEqualTo(2);
        assertThat(completions.get(1).ids()[0]).isEqualTo(completions.getFirst().ids()[0]);
        assertThat(completions.get(1).ids()[1]).isEqualTo(completions.getFirst().ids()[1]);
        for (int i = 1; i < completions.size(); i++) {
            assertThat(completions.get(i).bytes().read())
                    .isLessThan(completions.get(i - 1).bytes().read());
        }
        var method = Methods.parse("h2o-paper:4x");
        try (var prefill = prefill(prompt, method);
                var cache = method.build(prefill)) {
            for (int step = 0; step < 40; step++) {
                model.decoder().step(new int[] {100 + step}, new SequenceCache[] {cache}, null);
            }
            int group = model.config().groupSize();
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                for (int head = 0; head < cache.shape().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head))
                            .doesNotHaveDuplicates()
                            .contains(PROMPT + 39, PROMPT + 10)
                            .hasSizeBetween(74, 37 + group * 37);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 130})
    void streamingKeepsItsSinksAndItsWindow(int steps) {
        var method = Methods.parse("streaming:60");
        try (var prefill = prefill(prompt(PROMPT, 8), method);
                var cache = method.build(prefill)) {
            for (int step = 0; step < steps; step++) {
                model.decoder().step(new int[] {9 + step}, new SequenceCache[] {cache}, null);
            }
            var expected = new ArrayList<>(List.of(0, 1, 2, 3));
            IntStream.range(PROMPT + steps - 56, PROMPT + steps).forEach(expected::add);
            assertThat(positions(cache, 0, 1)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"streaming-paper:4x", "streaming:4x,prefill=windowed", "streaming:40,prefill=windowed,sinks=70"})
    void windowedPromptsDoNotDependOnChunks(String expression) {
        var prompt = prompt(PROMPT, 14);
        var whole = complete(prompt, 12, 512, expression).getFirst();
        var pieces = complete(prompt, 12, 37, expression).getFirst();
        assertThat(pieces.top()).isEqualTo(whole.top());
        assertThat(whole.freeTokens()).isZero();
        assertThat(whole.top())
                .isNotEqualTo(complete(prompt, 12, "full").getFirst().top());
    }

    /** What steps read shrinks with the ratio, what is stored does not; short prompts fit the window and lose nothing. */
    @Test
    void retrievalReadsFewAndStoresAll() {
        var prompt = prompt(PROMPT, 15);
        long before = NativeMemory.liveBytes();
        var options = ",block=16,local=32,rows=32";
        var all = complete(
                prompt, 8, "full", "infllm:1x" + options, "infllm:2x" + options, "infllm:4x" + options, "infllm:4x");
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        var full = all.getFirst();
        assertThat(all.get(1).top()).isEqualTo(full.top());
        assertThat(all.get(2).bytes().read()).isLessThan(full.bytes().read());
        assertThat(all.get(3).bytes().read()).isLessThan(all.get(2).bytes().read());
        assertThat(all.get(3).bytes().stored())
                .isGreaterThanOrEqualTo(full.bytes().full());
        assertThat(all.get(3).freeTokens()).isZero();
        assertThat(all.get(4).top()).isEqualTo(full.top());
        assertThat(full.bytes().stored()).isEqualTo(full.bytes().read());
    }
}
