package io.hayloft.methods.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoresTest {
    @Test
    void keepsTheBestInOrderOfPosition() {
        assertThat(Scores.top(new float[] {0.5f, -1, 3, 0.25f, 2}, 3)).containsExactly(0, 2, 4);
    }

    @Test
    void amongEqualsTheNewerIsKept() {
        assertThat(Scores.top(new float[] {1, 0f, -0f, 0f, 1}, 3)).containsExactly(0, 3, 4);
        assertThat(Scores.top(new float[6], 2)).containsExactly(4, 5);
    }

    @Test
    void infinityComesFirstAndNegativeNumbersAreOrdered() {
        assertThat(Scores.top(new float[] {-2, Float.POSITIVE_INFINITY, -1, -3}, 2))
                .containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithSorting(long seed) {
        var random = new Random(seed);
        var scores = new float[200];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) random.nextGaussian();
        }
        int budget = 1 + random.nextInt(200);
        var kept = Scores.top(scores, budget);
        var sorted = scores.clone();
        Arrays.sort(sorted);
        float least = sorted[200 - budget];
        assertThat(kept).hasSize(budget).isSorted().doesNotHaveDuplicates();
        assertThat(IntStream.of(kept).allMatch(i -> scores[i] >= least)).isTrue();
    }

    @Test
    void poolingCountsZerosOutside() {
        assertThat(Scores.averagePool(new float[] {3, 6, 9, 100}, 3, 3)).containsExactly(3, 6, 5);
    }

    @Test
    void groupsAreAveraged() {
        var mean = Scores.groupMean(new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, 2);
        assertThat(mean).isDeepEqualTo(new float[][] {{2, 3}, {6, 7}});
    }
}
