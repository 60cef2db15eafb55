package io.hayloft.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final double LONGEST = 12;

    private final WarmUp rule = new WarmUp(LONGEST);

    @Test
    void oneRepetitionIsNeverEnough() {
        assertThat(rule.add(1, 0)).isFalse();
    }

    @Test
    void twoStretchesThatAgreeAreEnough() {
        assertThat(rule.add(2, 0)).isFalse();
        assertThat(rule.add(1, 0)).isFalse();
        assertThat(rule.add(0.99, 0)).isTrue();
    }

    @Test
    void aStretchOfShortRepetitionsLastsHalfASecond() {
        int count = 1;
        while (!rule.add(0.125, 0)) {
            count++;
        }
        assertThat(count).isEqualTo(8);
    }

    @Test
    void theCompilerMustBeAtRest() {
        rule.add(1, 0.5);
        assertThat(rule.add(1, 0.5)).isFalse();
        assertThat(rule.add(1, 0.01)).isTrue();
    }

    @Test
    void aTestThatNeverGetsSteadyIsTimedInTheEnd() {
        double total = 0;
        for (double seconds = 1; ; seconds = 3 - seconds) {
            total += seconds;
            if (rule.add(seconds, 0)) {
                break;
            }
        }
        assertThat(total).isGreaterThanOrEqualTo(LONGEST);
    }

    @Test
    void aLongRepetitionIsItsOwnWarmUp() {
        assertThat(rule.add(LONGEST, 1)).isTrue();
    }
}
