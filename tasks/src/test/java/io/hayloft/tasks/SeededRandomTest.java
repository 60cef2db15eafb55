package io.hayloft.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeededRandomTest {
    private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -7, Long.MAX_VALUE})
    void everyItemIsEquallyLikely(long seed) {
        var random = new SeededRandom("test", seed);
        var counts = new int[10];
        var firstOfSample = new int[10];
        for (int i = 0; i < 20_000; i++) {
            counts[random.pick(TEN)]++;
            var sample = random.sample(TEN, 3);
            assertThat(sample).hasSize(3).doesNotHaveDuplicates();
            firstOfSample[sample.getFirst()]++;
        }
        assertThat(IntStream.of(counts)).allMatch(n -> n > 1800 && n < 2200);
        assertThat(IntStream.of(firstOfSample)).allMatch(n -> n > 1800 && n < 2200);
    }

    @Test
    void purposeAndNumbersMakeStreamsOfTheirOwn() {
        double first = new SeededRandom("a", 1, 2).nextDouble();

        assertThat(new SeededRandom("a", 1, 2).nextDouble()).isEqualTo(first);
        assertThat(new SeededRandom("b", 1, 2).nextDouble()).isNotEqualTo(first);
        assertThat(new SeededRandom("a", 2, 1).nextDouble()).isNotEqualTo(first);
        assertThat(new SeededRandom("a", 1).nextDouble()).isNotEqualTo(first);
    }
}
