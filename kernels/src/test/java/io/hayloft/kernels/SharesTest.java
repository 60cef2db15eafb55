package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every panel has one share, which is the same for all who write or read it. */
class SharesTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 8", "33, 2", "576, 2", "576, 7", "4096, 3", "4097, 64", "128256, 16"})
    void sharesOfPanelsAreThoseOfTasks(int outputs, int threads) {
        var cut = Shares.OfPanels.of(outputs, 640L * outputs, threads);
        assertThat(cut.panels()).isEqualTo((outputs + 31) / 32);
        var readers = readers(cut);
        var packers = takers(cut.ofPanels(1), cut.shares(), cut.panels());
        assertThat(packers).isEqualTo(readers);

        var prefill = new int[cut.panels()];
        var runs = cut.ofTasksEach(3);
        var times = new int[cut.panels()];
        for (int share = 0; share < cut.shares(); share++) {
            for (long taken = runs.take(share); taken >>> 32 == share; taken = runs.take(share)) {
                int task = (int) taken - runs.first(share);
                int panel = cut.panel(share, task);
                prefill[panel] = share;
                times[panel] |= 1 << cut.placeInPanel(share, task);
                if (task + 1 == 3 * (cut.firstPanel(share + 1) - cut.firstPanel(share))) {
                    break;
                }
            }
        }
        assertThat(times).containsOnly(0b111);
        assertThat(prefill).isEqualTo(readers);
    }

    /** The share of each panel by the tasks of a decode step. */
    private static int[] readers(Shares.OfPanels cut) {
        var readers = new int[cut.panels()];
        for (int share = 0; share < cut.shares(); share++) {
            for (int panel = cut.firstPanel(share); panel < cut.firstPanel(share + 1); panel++) {
                readers[panel] = share;
            }
        }
        return readers;
    }

    /** The share of each item, taken by one worker alone. */
    private static int[] takers(Shares shares, int count, int items) {
        var takers = new int[items];
        var seen = new BitSet();
        for (long taken = shares.take(count - 1); taken >= 0; taken = shares.take(count - 1)) {
            takers[(int) taken] = (int) (taken >>> 32);
            seen.set((int) taken);
        }
        assertThat(seen.cardinality()).isEqualTo(items);
        return takers;
    }

    @Test
    void aWorkerTakesItsOwnShareFirst() {
        var shares = new Shares(new int[] {0, 3, 5, 9});
        var taken = new ArrayList<Integer>();
        for (long item = shares.take(1); item >= 0; item = shares.take(1)) {
            taken.add((int) item);
        }
        assertThat(taken).isEqualTo(List.of(3, 4, 5, 6, 7, 8, 0, 1, 2));
        assertThat(shares.take(0)).isNegative();
    }

    @Test
    void threadsTakeEveryItemOnce() {
        var runs = new AtomicIntegerArray(10_000);
        try (var pool = new WorkerPool(3)) {
            new Shares(new int[] {0, 100, 4000, 10_000}).run(pool, (item, _) -> runs.incrementAndGet(item));
        }
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isOne();
        }
    }
}
