package io.hayloft.bench.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.bench.tune.PromptLengths.Bin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptLengthsTest {
    @TempDir
    private Path folder;

    private PromptLengths read(String text) throws IOException {
        return PromptLengths.read(Files.writeString(folder.resolve("lengths.csv"), text));
    }

    @Test
    void weighsLengthsByTheirCounts() throws IOException {
        var lengths = read("tokens,count\n\n2000, 1\n1000;2\n# more of these\n1000 1\n500,0\n");

        assertThat(lengths.bins()).containsExactly(new Bin(1000, 0.75), new Bin(2000, 0.25));
        assertThat(lengths.tokens()).isEqualTo(1250);
        assertThat(lengths.longest()).isEqualTo(2000);
    }

    @Test
    void manyLengthsAreJoinedAndKeepTheirMean() throws IOException {
        var lengths = read(IntStream.rangeClosed(1, 1000)
                .mapToObj(tokens -> tokens + "," + (1 + tokens % 7))
                .collect(Collectors.joining("\n")));
        double sum = 0;
        double count = 0;
        for (int tokens = 1; tokens <= 1000; tokens++) {
            sum += tokens * (1.0 + tokens % 7);
            count += 1 + tokens % 7;
        }

        assertThat(lengths.bins()).hasSizeBetween(20, 24);
        assertThat(lengths.tokens()).isCloseTo(sum / count, within(0.5));
        assertThat(lengths.bins().stream().mapToDouble(Bin::weight).sum()).isCloseTo(1, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tokens,count\n", "100\n", "100,-1", "0,5", "100,2,3", "a,b\nc,d", "100,0"})
    void refusesWhatIsNoHistogram(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(UserError.class).hasMessageContaining("such as 1024,37");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> PromptLengths.read(folder.resolve("none.csv")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot read --prompt-lengths");
    }
}
