package io.hayloft.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestTest {
    private static final List<String> METHODS = List.of("full", "h2o", "kivi", "snapkv", "streaming");

    @ParameterizedTest
    @CsvSource({"snpakv,snapkv", "SnapKV,snapkv", "kvi,kivi", "strea,streaming", "h20,h2o"})
    void namesTheNearest(String given, String nearest) {
        assertThat(Suggest.closest(given, METHODS)).contains(nearest);
    }

    @Test
    void listsAllWhenNothingIsNear() {
        assertThat(Suggest.unknown("method", "gzip", METHODS))
                .hasMessage("unknown method 'gzip': known are: full, h2o, kivi, snapkv, streaming");
    }

    @Test
    void swappedNeighboursCountOnce() {
        assertThat(Suggest.distance("snpakv", "snapkv")).isEqualTo(1);
    }
}
