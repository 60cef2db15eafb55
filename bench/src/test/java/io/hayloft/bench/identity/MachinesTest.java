package io.hayloft.bench.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory of the machine, and the part that caches may take. */
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
    void cachesMayTakeAShareOfWhatWeightsAndHeapLeave() {
        assertThat(Machines.cacheMemory(10_000, 3_000, 2_000)).isEqualTo(3_500);
        assertThat(Machines.cacheMemory(1_000, 3_000, 2_000)).isZero();
        assertThat(Machines.cacheMemory(0, 3_000, 2_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void noMoreIsFreeThanThereIs() {
        assertThat(Machines.freeMemory()).isPositive().isLessThanOrEqualTo(Machines.memory());
    }
}
