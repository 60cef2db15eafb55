package io.hayloft.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TimingsTest {
    @Test
    void ratesAreWorkOverTime() {
        assertThat(new Timings(new double[] {0.5, 2}).speeds(64)).containsExactly(128, 32);
    }

    @Test
    void statisticsOfASample() {
        double[] values = {2, 4, 4, 4, 5, 5, 7, 9};

        assertThat(Timings.mean(values)).isEqualTo(5);
        assertThat(Timings.sd(values)).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
        assertThat(Timings.median(values)).isEqualTo(4.5);
        assertThat(Timings.median(new double[] {9, 1, 3})).isEqualTo(3);
        assertThat(Timings.sd(new double[] {3})).isZero();
    }

    @Test
    void nothingHasNoStatistics() {
        assertThatThrownBy(() -> new Timings(new double[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
