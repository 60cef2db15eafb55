package io.hayloft.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
    @ParameterizedTest
    @CsvSource({"8, 256, 1, 8, 8", "256, 256, 1, 256, 256", "576, 256, 3, 192, 192", "1531, 256, 6, 256, 251"})
    void dividesEvenly(int inputs, int most, int count, int first, int last) {
        var blocks = Blocks.of(inputs, most);
        assertThat(blocks.count()).isEqualTo(count);
        assertThat(blocks.size(0)).isEqualTo(first);
        assertThat(blocks.size(count - 1)).isEqualTo(last);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            assertThat(blocks.first(i)).isEqualTo(sum);
            sum += blocks.size(i);
        }
        assertThat(sum).isEqualTo(inputs);
    }
}
