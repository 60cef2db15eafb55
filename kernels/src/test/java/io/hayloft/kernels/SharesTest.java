package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
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
        var cut = PanelCut.of(outputs, 640L * outputs, threads);
        assertThat(cut.panels()).isEqualTo((outputs + 31) / 32);
        var readers = readers(cut);
        var shares = new Shares(threads);
        assertThat(takers(shares.ofPanels(cut, 1), cut, cut.panels())).isEqualTo(readers);

        var prefill = new int[cut.panels()];
        shares.ofTasksEach(cut, 3);
        var times = new int[cut.panels()];
        for (int i = 0; i < 3 * cut.panels(); i++) {
            long taken = shares.take(i % threads);
            int share = Shares.share(taken);
            int panel = cut.panel(share, shares.place(taken));
            prefill[panel] = share;
            times[panel] |= 1 << cut.placeInPanel(share, shares.place(taken));
        }
        assertThat(times).containsOnly(0b111);
        assertThat(prefill).isEqualTo(readers);
    }

    /** The share of each panel by the tasks of a decode step. */
    private static int[] readers(PanelCut cut) {
        var readers = new int[cut.panels()];
        for (int share = 0; share < cut.shares(); share++) {
            for (int panel = cut.firstPanel(share); panel < cut.firstPanel(share + 1); panel++) {
                readers[panel] = share;
            }
        }
        return readers;
    }

    /** The share of each item, taken by one worker alone. */
    private static int[] takers(Shares shares, PanelCut cut, int items) {
        var takers = new int[items];
        var seen = new BitSet();
        for (int i = 0; i < items; i++) {
            long taken = shares.take(cut.shares() - 1);
            takers[Shares.item(taken)] = Shares.share(taken);
            seen.set(Shares.item(taken));
        }
        assertThat(seen.cardinality()).isEqualTo(items);
        return takers;
    }

    @Test
    void aWorkerTakesItsOwnShareFirst() {
        var shares = new Shares(3).ofTasks(new PanelCut(9, 1, 9, 3));
        var taken = new ArrayList<Integer>();
        for (int i = 0; i < 9; i++) {
            taken.add(Shares.item(shares.take(1)));
        }
        assertThat(taken).isEqualTo(List.of(3, 4, 5, 6, 7, 8, 0, 1, 2));
        assertThatThrownBy(() -> shares.take(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("more runs than items");
    }

    @Test
    void threadsTakeEveryItemOnceInEveryRun() {
        var runs = new AtomicIntegerArray(10_000);
        var shares = new Shares(3);
        try (var pool = new WorkerPool(3)) {
            for (int run = 1; run <= 3; run++) {
                int tasks = runs.length() / run;
                shares.ofTasks(new PanelCut(tasks, 1, tasks, 4 - run))
                        .run(pool, (item, _) -> runs.incrementAndGet(item));
            }
        }
        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(i < 3333 ? 3 : i < 5000 ? 2 : 1);
        }
    }

    /** A product of a run as {@link StrideRun} is one, without the arithmetic. */
    private record Product(Shares shares, PanelCut cut) implements JoinedTasks.Part {
        @Override
        public int tasks() {
            return cut.tasks();
        }

        @Override
        public void run(int index, int worker) {
            assertThat(shares.take(worker)).isNotNegative();
        }
    }

    /** What threads share out is kept for the next run: a decode step has hundreds of products. */
    @Test
    void furtherRunsAllocateNoSharesAndNoCounters() {
        var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var cut = PanelCut.of(4096, 640L * 4096, 16);
        assertThat(cut.shares()).isEqualTo(16);
        try (var pool = new WorkerPool(16)) {
            var tasks = pool.workspace().tasks;
            var kept = new ArrayList<Shares>();
            for (int run = 0; run < 3; run++) {
                tasks.clear();
                long before = thread.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 3; i++) {
                    var shares = tasks.shares().ofTasks(cut);
                    tasks.add(new Product(shares, cut));
                    if (run == 0) {
                        kept.add(shares);
                    } else {
                        assertSame(shares, kept.get(i));
                    }
                }
                long allocated = thread.getCurrentThreadAllocatedBytes() - before;
                if (run > 0) {
                    assertThat(allocated).as("three records").isLessThan(200);
                }
                tasks.runAll(pool, 1_000_000);
            }
            assertThat(kept).doesNotHaveDuplicates();
        }
    }

    private static void assertSame(Shares actual, Shares expected) {
        if (actual != expected) {
            throw new AssertionError("other shares");
        }
    }
}
