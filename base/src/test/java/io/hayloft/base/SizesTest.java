package io.hayloft.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"512,512", "4k,4096", "1.5K,1536", "1m,1048576", "' 2k ',2048"})
    void readsTokens(String text, int tokens) {
        assertThat(Sizes.tokens(text)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-4k", "k", "many", "1.2345k", "9999999999"})
    void refusesWhatIsNoNumberOfTokens(String text) {
        assertThatThrownBy(() -> Sizes.tokens(text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("4k");
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "999,999 B", "1000,1.00 KB", "98362432,98.4 MB", "999999999,1.00 GB", "123456789,123 MB"})
    void writesBytes(long bytes, String text) {
        assertThat(Sizes.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void oneIsNotMany() {
        assertThat(Sizes.count(1, "test")).isEqualTo("1 test");
        assertThat(Sizes.count(0, "test")).isEqualTo("0 tests");
        assertThat(Sizes.count(2000, "test")).isEqualTo("2,000 tests");
    }
}
