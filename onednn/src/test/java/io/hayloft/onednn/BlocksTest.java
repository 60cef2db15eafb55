package io.hayloft.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
    @ParameterizedTest
    @CsvSource({
        "8, 256, 8",
        "256, 256, 256",
        "576, 256, 192 192 192",
        "1531, 256, 256 256 256 256 256 251",
        "128, 128, 128",
        "129, 128, 64 65",
        "257, 128, 128 64 65",
        "576, 128, 128 128 128 128 64"
    })
    void areNearlyOfTheSameSize(int inputs, int most, String sizes) {
        var blocks = Blocks.of(inputs, most);
        var found = IntStream.range(0, blocks.count()).mapToObj(block -> String.valueOf(blocks.size(block)));
        assertThat(found.collect(Collectors.joining(" "))).isEqualTo(sizes);
    }

    @Test
    void followEachOtherAndAreNeitherLargeNorTiny() {
        for (int most : new int[] {128, 256}) {
            for (int inputs = 1; inputs < 3000; inputs++) {
                var blocks = Blocks.of(inputs, most);
                int end = 0;
                for (int i = 0; i < blocks.count(); i++) {
                    assertThat(blocks.first(i)).isEqualTo(end);
                    assertThat(blocks.size(i)).isBetween(Math.min(inputs, 64), most);
                    end += blocks.size(i);
                }
                assertThat(end).isEqualTo(inputs);
            }
        }
    }
}
