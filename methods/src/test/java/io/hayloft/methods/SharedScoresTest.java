package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.methods.allocate.Uniform;
import io.hayloft.methods.registry.Methods;
import io.hayloft.methods.score.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods of one prefill share what they compute from it. */
class SharedScoresTest extends MethodRuns {
    /** Later tokens are better; counts how often it is asked. */
    private record Counting(AtomicInteger calls) implements Scorer {
        @Override
        public float[][] score(LayerView view) {
            calls.incrementAndGet();
            var scores = new float[view.shape().kvHeads()][view.tokens()];
            for (var head : scores) {
                for (int i = 0; i < head.length; i++) {
                    head[i] = i;
                }
            }
            return scores;
        }
    }

    private static Method later(Scorer scorer, String budget) {
        var id = new MethodId("later", "later", Category.EVICT, 1, null);
        var eviction = new Eviction(scorer, Budget.parse(budget), new Uniform(), DecodeRule.GROW);
        return new ComposedMethod(id, eviction, null);
    }

    @Test
    void aScorerIsAskedOnceForEachLayerWhateverTheBudgets() {
        var scorer = new Counting(new AtomicInteger());
        try (var prefill = prefill(prompt(64, 1), later(scorer, "2x"))) {
            for (int ratio : new int[] {2, 4, 8}) {
                try (var cache = later(scorer, ratio + "x").build(prefill)) {
                    assertThat(cache.layer(1).length(0)).isEqualTo(64 / ratio);
                    assertThat(cache.layer(1).position(1, 0)).isEqualTo(64 - 64 / ratio);
                }
            }
            assertThat(scorer.calls()).hasValue(model.config().layers());
            later(new Counting(new AtomicInteger(100)), "2x").build(prefill).close();
        }
    }

    /** What a method keeps does not depend on the methods that were built before it from the same scores. */
    @ParameterizedTest
    @ValueSource(strings = {"h2o:4x", "observed:4x", "h2o:2x,allocator=ada", "snapkv:4x", "tova:4x"})
    void sharedScoresAreLeftAsTheyAre(String expression) {
        var method = Methods.parse(expression);
        var ids = prompt(PROMPT, 2);
        try (var alone = prefill(ids, ALL_SIGNALS);
                var expected = method.build(alone);
                var shared = prefill(ids, ALL_SIGNALS)) {
            for (var other : List.of("h2o:8x", "observed:2x", "h2o:3x,allocator=ada", "snapkv:2x", "tova-prompt:4x")) {
                Methods.parse(other).build(shared).close();
            }
            try (var cache = method.build(shared)) {
                for (int layer = 0; layer < cache.shape().layers(); layer++) {
                    for (int head = 0; head < cache.shape().kv(layer).kvHeads(); head++) {
                        assertThat(positions(cache, layer, head)).isEqualTo(positions(expected, layer, head));
                    }
                }
            }
        }
    }

    private static final SignalRequest ALL_SIGNALS = new SignalRequest(32, true);

    /** The mean over a group of the accumulated attention is what it says. */
    @Test
    void theAttentionOfAGroupIsTheMeanOfItsQueryHeads() {
        try (Prefilled prefill = prefill(prompt(64, 3), ALL_SIGNALS)) {
            var view = prefill.view(1);
            var group = Scores.groupAttention(view);
            var perHead = view.accumulatedAttention();
            int size = view.shape().queryHeads() / view.shape().kvHeads();
            for (int token = 0; token < 64; token++) {
                float sum = 0;
                for (int member = 0; member < size; member++) {
                    sum += perHead[(size + member) * 64 + token];
                }
                assertThat(group[1][token]).isBetween(sum / size - 1e-5f, sum / size + 1e-5f);
            }
            // every query spreads an attention of 1
            double total = 0;
            for (float own : Arrays.copyOf(perHead, 64)) {
                total += own;
            }
            assertThat(total).isBetween(64 - 1e-3, 64 + 1e-3);
        }
    }
}
