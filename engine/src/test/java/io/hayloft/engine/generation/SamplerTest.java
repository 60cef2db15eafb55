package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplerTest {
    /** Probabilities 0.3, 0.05, 0.5, 0.15, 0 from the second place on. */
    private static final float[] LOGITS = {9, log(0.3), log(0.05), log(0.5), log(0.15), Float.NEGATIVE_INFINITY, 9};

    private static final int N = 5;
    private static final int DRAWS = 20_000;

    private static float log(double p) {
        return (float) Math.log(p);
    }

    private static Sampler sampler(Sampling sampling) {
        return new Sampler(sampling, id -> {
            throw new AssertionError("nobody counts tokens without penalties");
        });
    }

    @Test
    void penaltiesMakeRepeatedTokensRarer() {
        // Token 0 has a count, token 1 is a digit, token 2 has a count.
        var text = new String[] {"a", "7", "b", "c"};
        var sampler = new Sampler(new Sampling(0, 1, 0, new Penalties(0.5, 0.25, 0.5)), id -> text[id]);
        var logits = new float[] {9, 1.0f, 0.9f, 0.1f, -5};
        var before = logits.clone();
        // Token 0 falls to 1 - 0.5 - 0.25 = 0.25 and, as its count halves, rises to 0.375 and 0.4375. Token 1 falls to
        // 0.4 and
        // stays there, since digits have no count. The second time, token 0 falls to 0.21875.
        int[] chosen = {0, 1, 1, 0, 1};
        for (int id : chosen) {
            assertThat(sampler.choose(logits, 1, 4)).isEqualTo(id);
            assertThat(logits).isEqualTo(before);
        }
    }

    @Test
    void tokensWithoutTextHaveNoCount() {
        for (var text : List.of("", " ", "\t", "7", "12", " \t0")) {
            assertThat(Penalties.counted(text)).as(text).isZero();
        }
        for (var text : List.of("  ", "a", "21", "\n", "\uFFFD", "0 ")) {
            assertThat(Penalties.counted(text)).as(text).isEqualTo(1);
        }
    }

    @Test
    void greedyTakesTheBest() {
        assertThat(sampler(Sampling.GREEDY).choose(LOGITS, 1, N)).isEqualTo(2);
    }

    @Test
    void drawsByProbability() {
        assertShares(new Sampling(1, 1, 7), 0.3, 0.05, 0.5, 0.15, 0);
    }

    @Test
    void temperatureSharpens() {
        double total = 0.09 + 0.0025 + 0.25 + 0.0225;
        assertShares(new Sampling(0.5, 1, 8), 0.09 / total, 0.0025 / total, 0.25 / total, 0.0225 / total, 0);
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        assertShares(new Sampling(1, 0.75, 9), 0.375, 0, 0.625, 0, 0);
        assertShares(new Sampling(1, 0.85, 9), 0.3 / 0.95, 0, 0.5 / 0.95, 0.15 / 0.95, 0);
        assertShares(new Sampling(1, 0.01, 9), 0, 0, 1, 0, 0);
    }

    @Test
    void equalSeedsDrawEqually() {
        var first = sampler(new Sampling(1, 0.9, 3));
        var second = sampler(new Sampling(1, 0.9, 3));
        for (int i = 0; i < 100; i++) {
            assertThat(first.choose(LOGITS, 1, N)).isEqualTo(second.choose(LOGITS, 1, N));
        }
    }

    @Test
    void rangesAreChecked() {
        assertThatThrownBy(() -> new Sampling(-1, 1, 0)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new Sampling(1, 0, 0)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new Sampling(Double.NaN, 1, 0)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new Penalties(0, 0, 1.5)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new Penalties(Double.NaN, 0, 1)).isInstanceOf(UserError.class);
    }

    private static void assertShares(Sampling sampling, double... expected) {
        var sampler = sampler(sampling);
        var counts = new int[N];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.choose(LOGITS, 1, N)]++;
        }
        for (int id = 0; id < N; id++) {
            assertThat((double) counts[id] / DRAWS).as("token %d", id).isCloseTo(expected[id], within(0.015));
            if (expected[id] == 0) {
                assertThat(counts[id]).isZero();
            }
        }
    }
}
