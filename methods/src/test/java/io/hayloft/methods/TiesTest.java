package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.allocate.Ada;
import io.hayloft.methods.allocate.Uniform;
import io.hayloft.methods.score.KeyNormScorer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ties are broken by the rule, not by rounding: the same word has keys of the same length in the first layer. */
class TiesTest extends MethodRuns {
    /** The scores of key norms, each changed by up to a ten-millionth of its size. */
    private record Disturbed(long seed) implements Scorer {
        @Override
        public float[][] score(LayerView view) {
            var random = new Random(seed + view.layer());
            var scores = new KeyNormScorer().score(view);
            for (var head : scores) {
                for (int i = 0; i < head.length; i++) {
                    head[i] *= 1 + 1e-7f * (2 * random.nextFloat() - 1);
                }
            }
            return scores;
        }
    }

    /** Eight words in an order of chance, so that every norm of the first layer occurs dozens of times. */
    private static int[] fewWords() {
        var random = new Random(31);
        var words = random.ints(8, 100, 900).toArray();
        return random.ints(PROMPT, 0, words.length).map(i -> words[i]).toArray();
    }

    @ParameterizedTest
    @CsvSource({"2, false", "4, false", "7, false", "2, true", "4, true"})
    void disturbedNormsKeepTheSameTokens(int ratio, boolean ada) {
        var allocator = ada ? Ada.PAPER : new Uniform();
        var budget = new Budget.Ratio(ratio);
        var exact = new Eviction(new KeyNormScorer(), budget, allocator, DecodeRule.GROW);
        try (var prefill = prefill(fewWords(), exact.scorer().signals(), new KvCodec.F32())) {
            var norms = new KeyNormScorer().score(prefill.view(0))[0];
            assertThat(distinct(norms)).isBetween(8, PROMPT / 4); // as floats they are not all equal
            var kept = exact.choose(prefill).slots()[0];
            for (int seed = 1; seed <= 10; seed++) {
                var other = new Eviction(new Disturbed(seed), budget, allocator, DecodeRule.GROW);
                assertThat(other.choose(prefill).slots()[0]).isDeepEqualTo(kept);
            }
        }
    }

    private static int distinct(float[] numbers) {
        var all = new TreeSet<Float>();
        for (float number : numbers) {
            all.add(number);
        }
        return all.size();
    }

    /** Of the places of one word the newest stay, whatever rounding says. */
    @ParameterizedTest
    @CsvSource({"4", "7"})
    void ofEqualNormsTheNewestStay(int ratio) {
        var eviction = new Eviction(new KeyNormScorer(), new Budget.Ratio(ratio), new Uniform(), DecodeRule.GROW);
        var ids = fewWords();
        try (var prefill = prefill(ids, eviction.scorer().signals(), new KvCodec.F32())) {
            var kept = eviction.choose(prefill).slots()[0];
            assertThat(kept).isNotNull();
            for (var head : kept) {
                int split = 0;
                for (int word : Arrays.stream(ids).distinct().toArray()) {
                    var places = java.util.stream.IntStream.range(0, ids.length)
                            .filter(i -> ids[i] == word)
                            .toArray();
                    int stay = (int) Arrays.stream(places)
                            .filter(i -> Arrays.binarySearch(head, i) >= 0)
                            .count();
                    split += stay > 0 && stay < places.length ? 1 : 0;
                    for (int i = 0; i < places.length; i++) {
                        assertThat(Arrays.binarySearch(head, places[i]) >= 0).isEqualTo(i >= places.length - stay);
                    }
                }
                assertThat(split).isLessThanOrEqualTo(1);
            }
        }
    }
}
