package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {
    @ParameterizedTest
    @CsvSource({"4x,1000,250", "4x,1003,250", "4x,3,1", "1x,1003,1003", "2.5x,100,40", "512,1000,512", "512,100,100"})
    void keepsAtMostItsShareAndAtLeastOneToken(String budget, int prompt, int kept) {
        assertThat(Budget.parse(budget).keptTokens(prompt)).isEqualTo(kept);
    }
}
