package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerScoresTest {
    private static int[] top(float[] scores, int count, Protection... protections) {
        return new LayerScores(new float[][] {scores}, List.of(protections), LayerScores.ROUNDING).top(0, count);
    }

    @Test
    void keepsTheBestInOrderOfPosition() {
        assertThat(top(new float[] {0.5f, -1, 3, 0.25f, 2}, 3)).containsExactly(0, 2, 4);
        assertThat(top(new float[] {-2, Float.MAX_VALUE, -1, -3}, 2)).containsExactly(1, 2);
        assertThat(top(new float[] {1, 2, 3}, 0)).isEmpty();
        assertThat(top(new float[] {1, 2, 3}, 3)).containsExactly(0, 1, 2);
    }

    @Test
    void amongEqualsTheNewerIsKept() {
        assertThat(top(new float[] {1, 0f, -0f, 0f, 1}, 3)).containsExactly(0, 3, 4);
        assertThat(top(new float[6], 2)).containsExactly(4, 5);
        assertThat(LayerScores.highest(new float[] {1, 2, 2, 1}, 3)).containsExactly(1, 2, 3);
    }

    /** Scores within a millionth of the lowest kept one are equal to it; those beyond are not. */
    @Test
    void roundingDecidesNothing() {
        float next = Math.nextUp(2f);
        assertThat(top(new float[] {next, 2, 2, next, 2}, 2)).containsExactly(3, 4);
        assertThat(top(new float[] {-2, -next, -2, -next}, 2)).containsExactly(2, 3);
        float clearlyMore = 2 * (1 + 3e-6f);
        assertThat(top(new float[] {clearlyMore, 2, 2, 2}, 2)).containsExactly(0, 3);
    }

    /** A long chain of scores, each almost equal to the next, is not one tie. */
    @Test
    void chainsDoNotSpread() {
        var scores = new float[10_000];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = 2 - i * 0.9e-6f;
        }
        var kept = top(scores, 5_000);
        assertThat(kept).startsWith(0, 1, 2).contains(IntStream.range(0, 4_990).toArray());
        assertThat(kept[4_999]).isLessThan(5_010);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithSortingWhereNoScoresAreEqual(long seed) {
        var random = new Random(seed);
        var scores = new float[200];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) random.nextGaussian();
        }
        int budget = 1 + random.nextInt(200);
        var sorted = scores.clone();
        Arrays.sort(sorted);
        float least = sorted[200 - budget];
        var expected = IntStream.range(0, 200).filter(i -> scores[i] >= least).toArray();
        assertThat(top(scores, budget)).isEqualTo(expected);
    }

    /** Groups of equal scores, each disturbed as another order of additions would: the same tokens stay. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void disturbedTiesKeepTheSameTokens(long seed) {
        var random = new Random(seed);
        var exact = new float[500];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = -1 - random.nextInt(12) / 7f;
        }
        for (int count : new int[] {1, 17, 100, 250, 499}) {
            var kept = top(exact, count);
            for (int round = 0; round < 5; round++) {
                var disturbed = exact.clone();
                for (int i = 0; i < disturbed.length; i++) {
                    disturbed[i] *= 1 + 1e-7f * (2 * random.nextFloat() - 1);
                }
                assertThat(top(disturbed, count)).isEqualTo(kept);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, '5'", "2, '0 5'", "3, '0 1 5'", "4, '0 1 2 5'"})
    void protectionsAreKeptInTheirOrder(int count, String expected) {
        var sinks = new Protection.First(2, 0);
        var kept = top(new float[] {0, 1, 9, 3, 4, 5}, count, new Protection.Newest(1), sinks);
        assertThat(kept)
                .isEqualTo(Arrays.stream(expected.split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    @Test
    void sharesOfABudgetAreRoundedAsTheySay() {
        assertThat(top(new float[] {9, 8, 7, 6, 5, 4, 3}, 5, new Protection.NewestHalf()))
                .containsExactly(0, 1, 4, 5, 6);
        assertThat(top(new float[] {1, 2, 3, 4, 5, 6, 7}, 5, new Protection.First(0, 0.5)))
                .containsExactly(0, 1, 4, 5, 6);
        assertThat(top(new float[] {1, 2, 3}, 2, new Protection.Newest(100))).containsExactly(1, 2);
        assertThat(top(new float[] {1, 2, 3}, 2, new Protection.First(100, 0))).containsExactly(0, 1);
    }
}
