package io.hayloft.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestTest {
    private static final List<String> METHODS = List.of("full", "h2o", "kivi", "snapkv", "streaming");

    @ParameterizedTest
    @CsvSource({"snpakv,snapkv", "SnapKV,snapkv", "kvi,kivi", "strea,streaming", "h20,h2o"})
    void namesTheNearest(String given, String nearest) {
        assertThat(Suggest.closest(given, METHODS)).contains(nearest);
    }

    @ParameterizedTest
    @CsvSource({"llama3, llama3-8b-instruct", "LLAMA, llama3-8b-instruct", "instruct-v0.2, mistral-7b-instruct-v0.2"})
    void aPartOfOneNameMeansIt(String given, String meant) {
        assertThat(Suggest.closest(given, List.of("mistral-7b-instruct-v0.2", "longchat-7b", "llama3-8b-instruct")))
                .contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7b", "instruct", "gemma"})
    void aPartOfSeveralOrNoNamesMeansNone(String given) {
        assertThat(Suggest.closest(given, List.of("mistral-7b-instruct-v0.2", "longchat-7b", "llama3-8b-instruct")))
                .isEmpty();
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
