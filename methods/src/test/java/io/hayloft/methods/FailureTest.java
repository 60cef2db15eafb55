package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.formats.memory.MemoryLimit;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.registry.Methods;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that cannot be built to the end gives back all memory that it took, wherever it fails. */
class FailureTest extends MethodRuns {
    static Stream<String> building() {
        return Stream.concat(
                Methods.all().stream()
                        .map(MethodInfo::example)
                        .filter(example -> Methods.parse(example).prompt().isEmpty())
                        .filter(example -> !(Methods.parse(example).prefillPattern() instanceof PrefillPattern.Own)),
                Stream.of(
                        "streaming:4x,positions=slot",
                        "streaming:4x,positions=clamped",
                        "snapkv:4x,allocator=ada",
                        "snapkv:4x + kivi:4bit",
                        "h2o:4x,heads=query",
                        "tova:4x + flexgen:4bit"));
    }

    @ParameterizedTest
    @MethodSource("building")
    void buildingFreesWhatItTook(String expression) {
        var method = Methods.parse(expression);
        try (var prefill = prefill(prompt(PROMPT, 41), method)) {
            long before = NativeMemory.liveBytes();
            int failures = 0;
            boolean done = false;
            for (int limit = 0; !done; limit++) {
                try (var memory = MemoryLimit.reservations(limit)) {
                    var thrown = catchThrowable(() -> method.build(prefill).close());
                    done = !memory.reached();
                    failures += done ? 0 : 1;
                    if (done) {
                        assertThat(thrown).isNull();
                    } else {
                        assertThat(thrown).isInstanceOf(UserError.class);
                    }
                }
                assertThat(NativeMemory.liveBytes())
                        .as("%s after %d", expression, limit)
                        .isEqualTo(before);
            }
            boolean onlyShares = method.keepsAll() || method.freeTokens() > 1; // shrinks in its first step
            assertThat(failures > 0).as("%s took memory", expression).isEqualTo(!onlyShares);
        }
    }

    /** Caches that prompts are read into. */
    @ParameterizedTest
    @ValueSource(strings = {"streaming-paper:4x", "streaming:4x,prefill=windowed", "infllm:4x"})
    void patternsFreeWhatTheyTook(String expression) {
        var pattern = (PrefillPattern.Own) Methods.parse(expression).prefillPattern();
        long before = NativeMemory.liveBytes();
        boolean done = false;
        for (int limit = 0; !done; limit++) {
            try (var memory = MemoryLimit.reservations(limit)) {
                var thrown = catchThrowable(
                        () -> pattern.cache(model, new KvCodec.F16(), PROMPT).close());
                done = !memory.reached();
                assertThat(thrown == null).isEqualTo(done);
            }
            assertThat(NativeMemory.liveBytes()).as(expression).isEqualTo(before);
        }
    }
}
