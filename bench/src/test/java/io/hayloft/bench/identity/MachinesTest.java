package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the system tells about its memory. */
class MachinesTest {
    @Test
    void readsTheAvailableMemory() {
        assertThat(Machines.availableIn(
                        List.of("MemTotal:       24683568 kB", "MemFree: 1 kB", "MemAvailable:   23620864 kB")))
                .isEqualTo(23620864L * 1024);
    }

    @Test
    void withoutTheLineThereIsNoBound() {
        assertThat(Machines.availableIn(List.of("MemTotal: 24683568 kB", "MemAvailable: much")))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void noMoreIsFreeThanThereIs() {
        assertThat(Machines.freeMemory()).isPositive().isLessThanOrEqualTo(Machines.memory());
    }
}
