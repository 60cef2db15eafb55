package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("simd")
class DecodeAttentionTest {
    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void equalsTheDefinition(int seed) {
        var problem = Case.random(seed, seed < 20 ? 300 : 2500);
        var codec = Case.codec(seed);
        var expected = problem.rounded(codec).row(problem.tokens() - 1);
        var out = last(List.of(problem), codec, 2).getFirst();
        assertThat(Case.distance(out, 0, expected)).isLessThan(2e-5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void otherRowsAndThreadsDoNotChangeABit(int seed) {
        var shape = Case.random(seed, 1).shape();
        var problems = new ArrayList<Case>();
        for (int i = 0; i < 4; i++) {
            problems.add(Case.of(shape, 1 + (seed * 131 + i * 977) % 2600, seed * 10 + i));
        }
        var codec = Case.codec(seed);
        var together = last(problems, codec, 3);
        for (int i = 0; i < problems.size(); i++) {
            assertThat(last(List.of(problems.get(i)), codec, 1).getFirst()).isEqualTo(together.get(i));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void policySeesTheProbabilities(int seed) {
        var problem = Case.random(seed, 1500);
        var seen = new ArrayList<float[]>();
        var policy = new CachePolicy() {
            @Override
            public boolean wantsProbabilities() {
                return true;
            }

            @Override
            public void afterStep(int layer, LayerCache cache, StepAttention attention) {
                assertThat(layer).isEqualTo(7);
                for (int head = 0; head < attention.queryHeads(); head++) {
                    int length = attention.length(head / problem.shape().group());
                    assertThat(length).isEqualTo(cache.length(0));
                    var row = new float[problem.tokens()];
                    for (int slot = 0; slot < length; slot++) {
                        row[cache.position(0, slot)] = attention.probability(head, slot);
                    }
                    seen.add(row);
                }
            }

            @Override
            public CachePolicy fork() {
                return this;
            }
        };
        run(List.of(problem), new KvCodec.F32(), 2, policy);
        for (int head = 0; head < problem.shape().queryHeads(); head++) {
            var expected = problem.probabilities(problem.tokens() - 1, head);
            var rounded = new float[expected.length];
            for (int token = 0; token < expected.length; token++) {
                rounded[token] = (float) expected[token];
            }
            assertThat(Case.distance(seen.get(head), 0, rounded)).isLessThan(2e-6);
        }
    }

    private static List<float[]> last(List<Case> problems, KvCodec codec, int threads) {
        return run(problems, codec, threads, null);
    }

    /** Results of each problem's last row, all decoded in one step. */
    private static List<float[]> run(List<Case> problems, KvCodec codec, int threads, @Nullable CachePolicy policy) {
        int rows = problems.size();
        var shape = problems.getFirst().shape();
        var caches = new ArrayList<SequenceCache>();
        var layers = new LayerCache[rows];
        var q = new float[rows * shape.rowSize()];
        var positions = new int[rows];
        var policies = new @Nullable CachePolicy[rows];
        for (int i = 0; i < rows; i++) {
            var problem = problems.get(i);
            int last = problem.tokens() - 1;
            var cache = problem.cache(codec, last);
            caches.add(cache);
            problem.append(cache.layer(0), 0, last);
            cache.advance(last);
            problem.append(cache.layer(0), last, last + 1);
            layers[i] = cache.layer(0);
            positions[i] = last;
            policies[i] = policy;
            System.arraycopy(problem.queries(last, last + 1), 0, q, i * shape.rowSize(), shape.rowSize());
        }
        var out = new float[q.length];
        try (var pool = new WorkerPool(threads)) {
            DecodeAttention.attend(shape, 7, layers, policies, q, positions, out, pool);
        }
        caches.forEach(SequenceCache::close);
        var results = new ArrayList<float[]>();
        for (int i = 0; i < rows; i++) {
            results.add(Arrays.copyOfRange(out, i * shape.rowSize(), (i + 1) * shape.rowSize()));
        }
        return results;
    }
}
