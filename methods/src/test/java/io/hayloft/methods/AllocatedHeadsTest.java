package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.methods.policy.HeavyHitterEviction;
import io.hayloft.methods.policy.LastQueryEviction;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads that hold different numbers of tokens: their bytes, and what happens to them while decoding. */
class AllocatedHeadsTest extends MethodRuns {
    private static int[][] lengths(SequenceCache cache) {
        var lengths = new int[cache.shape().layers()][];
        for (int layer = 0; layer < lengths.length; layer++) {
            lengths[layer] = new int[cache.layer(layer).kvHeads()];
            for (int head = 0; head < lengths[layer].length; head++) {
                lengths[layer][head] = cache.layer(layer).length(head);
            }
        }
        return lengths;
    }

    private static boolean ragged(int[][] lengths) {
        for (var layer : lengths) {
            for (int head : layer) {
                if (head != layer[0]) {
                    return true;
                }
            }
        }
        return false;
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapkv", "h2o", "observed", "knorm", "random"})
    void headsOfALayerShareTheirBudgetToTheToken(String name) {
        var ids = prompt(PROMPT, 21);
        long before = Long.MAX_VALUE;
        for (int ratio : new int[] {2, 4, 8}) {
            var ada = Methods.parse(name + ":" + ratio + "x,allocator=ada");
            try (var prefill = prefill(ids, ada);
                    var cache = ada.build(prefill);
                    var uniform = Methods.parse(name + ":" + ratio + "x").build(prefill)) {
                var lengths = lengths(cache);
                assertThat(ragged(lengths)).as(name).isTrue();
                for (int layer = 0; layer < lengths.length; layer++) {
                    int sum = 0;
                    for (int head : lengths[layer]) {
                        sum += head;
                        assertThat(head).isGreaterThanOrEqualTo(PROMPT / ratio / 5);
                    }
                    assertThat(sum).isEqualTo(PROMPT / ratio * lengths[layer].length);
                }
                // Blocks have 32 tokens, so that heads of other lengths may take a block more or less.
                assertThat(cache.bytes())
                        .isLessThan(before)
                        .isBetween(uniform.bytes() * 3 / 4, uniform.bytes() * 5 / 4);
                before = cache.bytes();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h2o:60,allocator=ada",
                "streaming:60,allocator=ada",
                "tova:60,allocator=ada",
                "h2o:60,allocator=ada + flexgen:4bit",
                "tova:60",
                "h2o:60"
            })
    void everyHeadHoldsItsOwnNumberWhileDecoding(String expression) {
        var method = Methods.parse(expression);
        try (var prefill = prefill(prompt(PROMPT, 22), method);
                var cache = method.build(prefill)) {
            var lengths = lengths(cache);
            assertThat(ragged(lengths)).isEqualTo(expression.startsWith("h2o:60,allocator"));
            for (int step = 0; step < 40; step++) {
                model.decoder().step(new int[] {100 + step}, new SequenceCache[] {cache}, null);
                assertThat(lengths(cache)).isDeepEqualTo(lengths);
            }
            for (int layer = 0; layer < lengths.length; layer++) {
                for (int head = 0; head < lengths[layer].length; head++) {
                    assertThat(positions(cache, layer, head)).doesNotHaveDuplicates();
                }
            }
        }
    }

    /** With room left at the end of the prompt, heads fill up to the number that was asked for. */
    @ParameterizedTest
    @ValueSource(strings = {"h2o:40,allocator=ada", "tova:40,allocator=ada", "streaming:40,allocator=ada"})
    void shortPromptsFillTheRoom(String expression) {
        var method = Methods.parse(expression);
        try (var prefill = prefill(prompt(25, 23), method);
                var cache = method.build(prefill)) {
            for (int step = 0; step < 30; step++) {
                model.decoder().step(new int[] {100 + step}, new SequenceCache[] {cache}, null);
                for (var layer : lengths(cache)) {
                    assertThat(layer).containsOnly(Math.min(40, 26 + step));
                }
            }
        }
    }

    /** Hands each step on to a policy, and remembers the step's attention and positions. */
    private record Watched(CachePolicy policy, List<double[][]> attention, List<List<Integer>> positions)
            implements CachePolicy {
        @Override
        public boolean wantsProbabilities() {
            return true;
        }

        @Override
        public void afterStep(int layer, LayerCache cache, StepAttention step) {
            if (layer == 0) {
                attention.clear();
                positions.clear();
            }
            for (int head = 0; head < cache.kvHeads(); head++) {
                var own = new ArrayList<Integer>();
                var rows = new double[step.queryHeads() / step.kvHeads()][step.length(head)];
                for (int slot = 0; slot < step.length(head); slot++) {
                    own.add(cache.position(head, slot));
                    for (int member = 0; member < rows.length; member++) {
                        rows[member][slot] = step.probability(head * rows.length + member, slot);
                    }
                }
                attention.add(rows);
                positions.add(own);
            }
            policy.afterStep(layer, cache, step);
        }

        @Override
        public CachePolicy fork() {
            throw new UnsupportedOperationException();
        }
    }

    /** The paper's rule, from the attention of each step: the least attended token of a layer leaves all of its heads. */
    @ParameterizedTest
    @ValueSource(ints = {50, 299, 1})
    void tovaEvictsTheTokenThatTheNewestQueryAttendsToLeast(int budget) {
        int heads = model.config().attention(0).kvHeads();
        var capacities = new int[model.config().layers()][heads];
        for (var layer : capacities) {
            java.util.Arrays.fill(layer, budget);
        }
        var method = Methods.parse("tova:" + budget);
        var watched = new Watched(new LastQueryEviction(capacities), new ArrayList<>(), new ArrayList<>());
        try (var prefill = prefill(prompt(PROMPT, 24), method);
                var built = method.build(prefill);
                var cache = io.hayloft.kv.cache.Compaction.select(
                        prefill.cache(),
                        slots(built),
                        built.codec(),
                        watched,
                        prefill.model().pool())) {
            for (int step = 0; step < 25; step++) {
                model.decoder().step(new int[] {200 + step}, new SequenceCache[] {cache}, null);
                model.decoder().step(new int[] {200 + step}, new SequenceCache[] {built}, null);
                for (int layer = 0; layer < capacities.length; layer++) {
                    for (int head = 0; head < heads; head++) {
                        var before = watched.positions().get(layer * heads + head);
                        assertThat(before).hasSize(budget + 1);
                        var left = new ArrayList<>(before);
                        left.removeAll(positions(cache, layer, head));
                        assertThat(left).containsExactly(leastAttended(watched, layer, heads));
                        // the registry's method is that rule
                        assertThat(positions(built, layer, head)).isEqualTo(positions(cache, layer, head));
                    }
                }
            }
        }
    }

    private static int leastAttended(Watched watched, int layer, int heads) {
        var positions = watched.positions().get(layer * heads);
        int least = -1;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < positions.size(); i++) {
            double sum = 0;
            for (int head = 0; head < heads; head++) {
                int slot = watched.positions().get(layer * heads + head).indexOf(positions.get(i));
                for (var row : watched.attention().get(layer * heads + head)) {
                    sum += row[slot];
                }
            }
            if (sum < lowest) {
                lowest = sum;
                least = positions.get(i);
            }
        }
        return least;
    }

    private static int[][][] slots(SequenceCache cache) {
        var slots = new int[cache.shape().layers()][cache.layer(0).kvHeads()][];
        for (int layer = 0; layer < slots.length; layer++) {
            for (int head = 0; head < slots[layer].length; head++) {
                slots[layer][head] = positions(cache, layer, head).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
        }
        return slots;
    }

    /** Heads with capacities of their own: each evicts by its own, and protects the newest half of its own. */
    @Test
    void capacitiesOfHeadsAreTheirOwn() {
        var method = Methods.parse("h2o:60");
        var capacities = new int[model.config().layers()][];
        var attention = new float[capacities.length][][];
        try (var prefill = prefill(prompt(PROMPT, 25), method);
                var built = method.build(prefill)) {
            for (int layer = 0; layer < capacities.length; layer++) {
                capacities[layer] = new int[] {60, 10};
                attention[layer] = new float[2][60];
            }
            var policy = new HeavyHitterEviction(capacities, attention);
            try (var cache = io.hayloft.kv.cache.Compaction.select(
                    prefill.cache(),
                    slots(built),
                    built.codec(),
                    policy,
                    prefill.model().pool())) {
                for (int step = 0; step < 12; step++) {
                    model.decoder().step(new int[] {50 + step}, new SequenceCache[] {cache}, null);
                }
                for (int layer = 0; layer < capacities.length; layer++) {
                    assertThat(positions(cache, layer, 0)).hasSize(60).contains(PROMPT + 11, PROMPT, PROMPT - 18);
                    assertThat(positions(cache, layer, 1)).hasSize(10).contains(PROMPT + 11, PROMPT + 7);
                }
            }
        }
    }
}
