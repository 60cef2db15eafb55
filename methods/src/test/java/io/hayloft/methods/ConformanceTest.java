package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.formats.memory.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every method of the registry promises. */
class ConformanceTest extends MethodRuns {
    /** Methods that take a budget, by the text in front of it. */
    static Stream<String> evicting() {
        return Methods.all().stream()
                .filter(info -> info.school() != School.RETRIEVE)
                .map(MethodInfo::example)
                .filter(example -> example.endsWith(":4x"))
                .filter(example -> Methods.parse(example).prompt().isEmpty()) // those leave the cache alone
                .map(example -> example.substring(0, example.length() - 2));
    }

    /** Those of them that start from an exact prefill and evict before the first step. */
    static Stream<String> evictingAtOnce() {
        return evicting()
                .filter(family -> Methods.parse(family + "4x").freeTokens() == 1)
                .filter(family -> Methods.parse(family + "4x").prefillPattern().equals(PrefillPattern.EXACT));
    }

    /** Those that do not, and forms of others that do not. */
    static Stream<String> others() {
        return Stream.concat(
                evicting().filter(family -> evictingAtOnce().noneMatch(family::equals)),
                Stream.of(
                        "streaming:prefill=windowed,",
                        "streaming:prefill=windowed,positions=slot,",
                        "streaming:positions=clamped,"));
    }

    static Stream<String> examples() {
        return Stream.concat(
                Methods.all().stream().map(MethodInfo::example),
                Stream.of(
                        "kivi:4bit",
                        "kivi:k=4,v=2",
                        "flexgen-paper:2bit",
                        "snapkv:2x + kivi:2bit",
                        "snapkv:2x + flexgen:4bit",
                        "h2o:4x + flexgen:4bit",
                        "streaming:4x,decode=grow",
                        "h2o:4x,heads=query",
                        "streaming:4x,prefill=windowed",
                        "streaming:4x,positions=slot",
                        "infllm:4x,block=16,local=32,rows=32",
                        "streaming:4x,prefill=windowed,positions=clamped"));
    }

    @ParameterizedTest
    @MethodSource("evicting")
    void aRatioOfOneIsFullToTheBit(String family) {
        var prompt = prompt(PROMPT, 1);
        var full = complete(prompt, 40, "full").getFirst();
        var whole = complete(prompt, 40, family + "1x").getFirst();
        assertThat(whole.ids()).containsExactly(full.ids());
        assertThat(whole.top()).isEqualTo(full.top());
        assertThat(whole.bytes().read()).isEqualTo(full.bytes().read());
    }

    @ParameterizedTest
    @MethodSource("evictingAtOnce")
    void keepsItsBudgetAndNoTokenTwice(String family) {
        try (var prefill = prefill(prompt(PROMPT, 2), Methods.parse(family + "4x"));
                var cache = Methods.parse(family + "4x").build(prefill)) {
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                for (int head = 0; head < cache.shape().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head))
                            .hasSize(PROMPT / 4)
                            .doesNotHaveDuplicates()
                            .allMatch(position -> position >= 0 && position < PROMPT);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("evictingAtOnce")
    void bytesFallWithTheRatioAndAreWhatIsAllocated(String family) {
        var sizes = new ArrayList<Long>();
        for (var ratio : List.of("1x", "2x", "4x", "8x")) {
            var method = Methods.parse(family + ratio);
            try (var prefill = prefill(prompt(PROMPT, 3), method)) {
                long before = NativeMemory.liveBytes();
                try (var cache = method.build(prefill)) {
                    long onTheHeap = tables(cache);
                    if (family.equals("h2o:") && !ratio.equals("1x")) {
                        onTheHeap += 4L * keptTokens(cache); // attention mass
                    }
                    assertThat(cache.bytes()).isEqualTo(NativeMemory.liveBytes() - before + onTheHeap);
                    assertThat(onTheHeap == 0).isEqualTo(ratio.equals("1x"));
                    sizes.add(cache.bytes());
                }
                assertThat(NativeMemory.liveBytes()).isEqualTo(before);
            }
        }
        for (int i = 1; i < sizes.size(); i++) {
            assertThat(sizes.get(i)).isLessThan(sizes.get(i - 1));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void decodesLongPastTheCompression(String expression) {
        var first = complete(prompt(PROMPT, 4), 64, expression).getFirst();
        var again = complete(prompt(PROMPT, 4), 64, expression).getFirst();
        assertThat(first.ids()).hasSizeGreaterThan(0).containsExactly(again.ids());
        assertThat(first.top())
                .allSatisfy(step -> assertThat(step.getFirst().logprob()).isFinite());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33})
    void survivesPromptsShorterThanItsWindows(int tokens) {
        var expressions = examples().toArray(String[]::new);
        assertThat(complete(prompt(tokens, 5), 8, expressions))
                .hasSize(expressions.length)
                .allSatisfy(completion -> assertThat(completion.ids()).isNotEmpty());
    }

    @Test
    void lockstepEqualsSoloToTheBit() {
        var prompt = prompt(PROMPT, 6);
        var expressions = examples().toArray(String[]::new);
        var together = complete(prompt, 24, expressions);
        for (int i = 0; i < expressions.length; i++) {
            var alone = complete(prompt, 24, expressions[i]).getFirst();
            assertThat(together.get(i).ids()).as(expressions[i]).containsExactly(alone.ids());
            assertThat(together.get(i).top()).as(expressions[i]).isEqualTo(alone.top());
            assertThat(together.get(i).bytes().read())
                    .as(expressions[i])
                    .isEqualTo(alone.bytes().read());
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void bytesFallWithTheRatio(String text) {
        var options = text.endsWith(",") ? "," + text.substring(text.indexOf(':') + 1, text.length() - 1) : "";
        var family = text.substring(0, text.indexOf(':') + 1);
        long before = NativeMemory.liveBytes();
        var sizes = complete(
                prompt(PROMPT, 13),
                4,
                "full",
                family + "2x" + options,
                family + "4x" + options,
                family + "8x" + options);
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        for (int i = 1; i < sizes.size(); i++) {
            assertThat(sizes.get(i).bytes().read())
                    .isLessThan(sizes.get(i - 1).bytes().read());
        }
    }

    @Test
    void headsDrawTheirOwnRandomTokens() {
        var method = Methods.parse("random:4x");
        try (var prefill = prefill(prompt(PROMPT, 9), method);
                var cache = method.build(prefill);
                var other = Methods.parse("random:4x,seed=1").build(prefill)) {
            assertThat(positions(cache, 0, 0)).isNotEqualTo(positions(cache, 0, 1));
            assertThat(positions(cache, 0, 0)).isNotEqualTo(positions(cache, 1, 0));
            assertThat(positions(cache, 0, 0)).isNotEqualTo(positions(other, 0, 0));
        }
    }
}
