package io.hayloft.methods.score;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScoresTest {
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
