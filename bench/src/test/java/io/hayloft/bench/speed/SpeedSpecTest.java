package io.hayloft.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Methods;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SpeedSpecTest {
    private static SpeedSpec spec(List<Integer> prompts, List<Integer> depths, String types, String... methods) {
        return new SpeedSpec(
                prompts,
                List.of(64),
                depths,
                Stream.of(methods).map(Methods::parse).toList(),
                Stream.of(types.split(",")).map(KvCodec::parse).toList(),
                List.of(1),
                1);
    }

    private static List<String> cases(SpeedSpec spec) {
        return spec.cases().stream().map(SpeedCase::describe).toList();
    }

    @Test
    void onePrefillStandsForAllMethodsThatReadThePromptAlike() {
        assertThat(cases(spec(List.of(512), List.of(0, 8), "f16", "full", "kivi:4bit", "kivi:2bit")))
                .containsExactly(
                        "pp512 at depth 0, full, f16",
                        "tg64 at depth 0, full, f16",
                        "tg64 at depth 0, kivi:4bit, f16",
                        "tg64 at depth 0, kivi:2bit, f16",
                        "pp512 at depth 8, full, f16",
                        "tg64 at depth 8, full, f16",
                        "tg64 at depth 8, kivi:4bit, f16",
                        "tg64 at depth 8, kivi:2bit, f16");
    }

    @Test
    void aMethodThatReadsThePromptInItsOwnTypeHasItsOwnPrefill() {
        assertThat(cases(spec(List.of(32), List.of(0), "f16", "flexgen-paper:4bit")))
                .containsExactly(
                        "pp32 at depth 0, flexgen-paper:4bit, f16", "tg64 at depth 0, flexgen-paper:4bit, f16");
    }

    @Test
    void quantisersStoreTheSameWhateverTheCacheType() {
        assertThat(cases(spec(List.of(), List.of(8), "f32,f16", "full", "kivi:4bit", "knorm:4x")))
                .containsExactly(
                        "tg64 at depth 8, full, f32",
                        "tg64 at depth 8, kivi:4bit, f32",
                        "tg64 at depth 8, knorm:4x, f32",
                        "tg64 at depth 8, full, f16",
                        "tg64 at depth 8, knorm:4x, f16");
    }

    @Test
    void evictionNeedsTokens() {
        var spec = spec(List.of(), List.of(0, 8), "f16", "snapkv:4x", "knorm:4x + kivi:4bit", "knorm:1x");

        assertThat(cases(spec))
                .containsExactly(
                        "tg64 at depth 0, knorm:1x, f16",
                        "tg64 at depth 8, snapkv:4x, f16",
                        "tg64 at depth 8, knorm:4x + kivi:4bit, f16",
                        "tg64 at depth 8, knorm:1x, f16");
        assertThat(spec.notes()).hasSize(2).first().asString().startsWith("snapkv:4x");
    }

    @Test
    void refusesWhatCannotBeMadeUp() {
        assertThatThrownBy(() -> spec(List.of(), List.of(8), "f16", "selective:2x"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("shortens text");
        assertThatThrownBy(() -> new SpeedSpec(List.of(), List.of(), List.of(0), List.of(), List.of(), List.of(), 1))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--generate");
    }
}
