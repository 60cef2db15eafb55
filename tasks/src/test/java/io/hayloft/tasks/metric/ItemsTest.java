package io.hayloft.tasks.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ItemsTest {
    private static final List<String> ITEMS = List.of("1. red kite", "2. blue jug", "3. check", "4. old oak");

    @Test
    void itemsInOrderAreRight() {
        assertThat(Items.right("1. red kite\n2. blue jug\n3. check\n4. old oak", ITEMS))
                .containsOnly(true);
        assertThat(Items.right("Well: 1. red  kite 2. blue\njug, 3. check. 4. old oak!", ITEMS))
                .containsOnly(true);
        assertThat(Items.right("1. red kite\n3. check\n4. old oak", ITEMS)).containsExactly(true, false, true, true);
        assertThat(Items.score("", ITEMS)).isZero();
        assertThat(Items.score("1. red kite 2. blue jug", ITEMS)).isEqualTo(0.5);
        assertThat(Items.score("anything", List.of())).isZero();
    }

    @Test
    void anItemInTheWrongPlaceCostsItselfAlone() {
        assertThat(Items.right("4. old oak\n1. red kite\n2. blue jug\n3. check", ITEMS))
                .containsExactly(true, true, true, false);
    }

    @Test
    void itemsAreWordsOfTheirOwn() {
        assertThat(Items.right("11. red kites 13. check", ITEMS)).containsOnly(false);
        assertThat(Items.right("Entry 3: 120, Entry 4: 12", List.of("Entry 3: 12", "Entry 4: 12")))
                .containsExactly(false, true);
        assertThat(Items.firstLine("\n\n The number 12.\n13", "12")).isTrue();
        assertThat(Items.firstLine("123\n12", "12")).isFalse();
        assertThat(Items.firstLine("", "12")).isFalse();
    }

    @Test
    void sharesByPlaceAndDepth() {
        assertThat(Items.byPlace("1. red kite 2. blue jug 3. check", ITEMS))
                .containsExactly(
                        Map.entry("part 1 of 4", 1.0),
                        Map.entry("part 2 of 4", 1.0),
                        Map.entry("part 3 of 4", 1.0),
                        Map.entry("part 4 of 4", 0.0));
        var steps = List.of("Step 1: a, depth 1", "Step 2: b, depth 2", "Step 3: a, depth 1", "Step 4: c, depth 10");
        assertThat(Items.byDepth("Step 1: a, depth 1\nStep 2: b, depth 2\nStep 3: a, depth 10", steps))
                .containsExactly(Map.entry("depth 1", 0.5), Map.entry("depth 2", 1.0), Map.entry("depth 10", 0.0));
        assertThat(Metric.ITEMS.best("1. red kite", ITEMS, List.of())).isEqualTo(0.25);
    }
}
