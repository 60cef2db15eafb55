package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.registry.Methods;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every eviction and every codec beyond 32k tokens, with keys and values of chance in the place of a prompt's. */
class LongCacheTest extends MethodRuns {
    private static final int LONG = 33_000;

    private static @Nullable SequenceCache cache;

    private static SequenceCache cache() {
        if (cache == null) {
            cache = filled();
        }
        return cache;
    }

    private static SequenceCache filled() {
        var random = new Random(7);
        var filled = new SequenceCache(model.cacheShape(), new KvCodec.F16(), LONG);
        int width = model.cacheShape().kv(0).rowSize();
        var keys = new float[1000 * width];
        var values = new float[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (float) random.nextGaussian();
            values[i] = (float) random.nextGaussian();
        }
        for (int from = 0; from < LONG; from += 1000) {
            keys[from % keys.length] += 1; // no two chunks are alike
            for (int layer = 0; layer < model.cacheShape().layers(); layer++) {
                filled.layer(layer).append(keys, 0, values, 0, 1000, width, from);
            }
            filled.advance(1000);
        }
        return filled;
    }

    @AfterAll
    static void closeCache() {
        if (cache != null) {
            cache.close();
            cache = null;
        }
    }

    private static Prefilled prefilled(Method method) {
        return new Prefilled(model, cache().fork(), new PrefillSignals(method.signals(), model.config(), LONG), 5);
    }

    static Stream<String> examples() {
        return Stream.concat(
                Methods.all().stream()
                        .map(MethodInfo::example)
                        .filter(text -> Methods.parse(text).prompt().isEmpty())
                        .filter(text -> Methods.parse(text).prefillPattern().equals(PrefillPattern.EXACT)),
                Stream.of(
                        "snapkv:32k",
                        "h2o:1.01x,allocator=ada",
                        "streaming:4x,positions=slot",
                        "snapkv:4x + kivi:4bit"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void keepsItsShareAndDecodesOn(String expression) {
        var method = Methods.parse(expression);
        int most = method.keptTokens(LONG, model.config().attention(0).groupSize());
        try (var prefill = prefilled(method);
                var built = method.build(prefill)) {
            var logits = new float[model.config().vocabulary()];
            model.decoder().step(new int[] {40}, new SequenceCache[] {built}, logits);
            assertThat(IntStream.range(0, logits.length).allMatch(i -> Float.isFinite(logits[i])))
                    .isTrue();
            for (int layer = 0; layer < built.shape().layers(); layer++) {
                int sum = 0;
                var outOfWindow = built.outOfWindow();
                for (int head = 0; head < built.layer(layer).kvHeads(); head++) {
                    int own = built.layer(layer).length(head);
                    assertThat(IntStream.range(0, own)
                                    .map(slotOf(built, layer, head))
                                    .distinct()
                                    .count())
                            .isEqualTo(own);
                    var beside = outOfWindow == null ? null : outOfWindow.tokens(layer);
                    sum += own + (beside == null ? 0 : beside.length(head));
                }
                assertThat(sum).isBetween(1, (most + 1) * built.layer(layer).kvHeads());
            }
        }
    }

    private static IntUnaryOperator slotOf(SequenceCache built, int layer, int head) {
        return slot -> built.layer(layer).position(head, slot);
    }

    /** Quantised keys lie within a step of their group's values, at the far end of the cache as at its beginning. */
    @Test
    void quantisedTokensAreWhereTheyWere() {
        for (var expression : new String[] {"kivi:8bit", "flexgen:8bit"}) {
            var method = Methods.parse(expression);
            try (var prefill = prefilled(method);
                    var built = method.build(prefill)) {
                int dim = built.layer(0).headDim();
                var exact = new float[dim];
                var stored = new float[dim];
                for (int token : new int[] {0, 31, 16_384, 32_767, 32_768, LONG - 129, LONG - 1}) {
                    cache().layer(2).readValues(1, token, 1, exact, 0);
                    built.layer(2).readValues(1, token, 1, stored, 0);
                    for (int i = 0; i < dim; i++) {
                        assertThat(stored[i]).isBetween(exact[i] - 0.03f, exact[i] + 0.03f);
                    }
                    assertThat(Arrays.equals(exact, new float[dim])).isFalse();
                }
            }
        }
    }
}
