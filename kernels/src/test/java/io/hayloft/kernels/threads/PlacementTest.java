package io.hayloft.kernels.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where threads are pinned, on machines made up of files. */
class PlacementTest {
    @TempDir
    Path system;

    /** Two nodes of four cores with two hardware threads each, numbered as Linux does. */
    private void twoNodes() throws IOException {
        node(0, "0-3,8-11");
        node(1, "4-7,12-15");
        for (int cpu = 0; cpu < 16; cpu++) {
            var topology = Files.createDirectories(system.resolve("cpu/cpu" + cpu + "/topology"));
            Files.writeString(topology.resolve("thread_siblings_list"), cpu % 8 + "," + (cpu % 8 + 8) + "\n");
        }
    }

    private void node(int number, String processors) throws IOException {
        var node = Files.createDirectories(system.resolve("node/node" + number));
        Files.writeString(node.resolve("cpulist"), processors + "\n");
    }

    private static BitSet processors(int from, int to) {
        var set = new BitSet();
        set.set(from, to);
        return set;
    }

    @Test
    void threadsAreSpreadOverNodesAndCores() throws IOException {
        twoNodes();
        var nodes = Placement.nodes(system, processors(0, 16));
        assertThat(nodes).containsExactly(List.of(0, 1, 2, 3, 8, 9, 10, 11), List.of(4, 5, 6, 7, 12, 13, 14, 15));
        assertThat(Placement.choose(2, nodes)).containsExactly(0, 4);
        assertThat(Placement.choose(8, nodes)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(Placement.choose(5, nodes)).containsExactly(0, 1, 4, 5, 6);
        assertThat(Placement.choose(16, nodes))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }

    @Test
    void onlyProcessorsOfTheProcessAreUsed() throws IOException {
        twoNodes();
        assertThat(Placement.nodes(system, processors(0, 4))).containsExactly(List.of(0, 1, 2, 3));
        var uneven = Placement.nodes(system, processors(3, 8));
        assertThat(uneven).containsExactly(List.of(3), List.of(4, 5, 6, 7));
        assertThat(Placement.choose(4, uneven)).containsExactly(3, 4, 5, 6);
        assertThat(Placement.choose(5, uneven)).containsExactlyInAnyOrder(3, 4, 5, 6, 7);
    }

    @Test
    void aSystemWithoutNodesIsOne() {
        assertThat(Placement.nodes(system, processors(0, 3))).containsExactly(List.of(0, 1, 2));
    }

    @Test
    void aPinnedThreadStaysOnOneProcessor() {
        var mine = Affinity.get();
        assumeTrue(mine.cardinality() > 1, "this system does not name a thread's processors, or has one");
        var pinned = Placement.of("on", 2);
        assertThat(pinned.note()).isEmpty();
        var after = CompletableFuture.supplyAsync(
                        () -> {
                            pinned.pin(1);
                            return Affinity.get();
                        },
                        task -> new Thread(task).start())
                .join();
        assertThat(after.cardinality()).isOne();
        assertThat(mine.intersects(after)).isTrue();
        assertThat(Affinity.get()).as("of the thread that asks").isEqualTo(mine);
    }

    @Test
    void aSingleThreadIsNeverPinned() {
        var mine = Affinity.get();
        for (var text : new String[] {"on", "auto", "off"}) {
            var alone = Placement.of(text, 1);
            alone.pin(0);
            assertThat(alone.note()).isEmpty();
            assertThat(Affinity.get()).isEqualTo(mine);
        }
        assertThatThrownBy(() -> Placement.of("maybe", 1)).isInstanceOf(UserError.class);
    }

    @Test
    void threadsThatAreNotPinnedStayAsTheyAre() {
        var mine = Affinity.get();
        Placement.of("off", 2).pin(1);
        var tooMany = Placement.of("on", 100_000);
        tooMany.pin(1);
        assertThat(tooMany.note()).startsWith("note: threads are not pinned: ");
        assertThat(Affinity.get()).isEqualTo(mine);
        assertThatThrownBy(() -> Placement.of("maybe", 2))
                .isInstanceOf(UserError.class)
                .hasMessage("HAYLOFT_PIN='maybe' must be auto, on or off");
    }
}
