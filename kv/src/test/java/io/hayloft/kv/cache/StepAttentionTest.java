package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Means over the query heads of a KV head, against the same sums one by one. */
@Tag("simd")
class StepAttentionTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 15", "3, 16", "3, 17", "4, 63", "7, 129"})
    void meansAreAddedOfEachSlotAndOfNoOther(int group, int length) {
        int kvHeads = 2;
        int stride = length + 4;
        var random = new Random(length);
        var probabilities = new float[kvHeads * group * stride];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = random.nextFloat();
        }
        var attention = new StepAttention(kvHeads * group, new int[] {length - 1, length}, stride, probabilities);
        for (int head = 0; head < kvHeads; head++) {
            var sums = new float[length + 2];
            var expected = new float[length + 2];
            for (int slot = 0; slot < sums.length; slot++) {
                sums[slot] = expected[slot] = slot;
            }
            for (int slot = 0; slot < attention.length(head); slot++) {
                float sum = 0;
                for (int g = 0; g < group; g++) {
                    sum += attention.probability(head * group + g, slot);
                }
                expected[slot] += sum / group;
            }
            attention.addGroupMean(head, sums);
            assertThat(sums).isEqualTo(expected);
        }
    }
}
