package io.hayloft.engine.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.cache.KvCodec;
import io.hayloft.engine.kernel.WorkerPool;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("simd")
class PrefillAttentionTest {
    @ParameterizedTest
    @MethodSource("seeds")
    void equalsTheDefinition(int seed) {
        var problem = Case.random(seed, seed < 20 ? 300 : 700);
        var codec = Case.codec(seed);
        var expected = problem.rounded(codec);
        var out = inChunks(problem, codec, problem.tokens(), 2, null);
        int size = problem.shape().rowSize();
        for (int row = 0; row < problem.tokens(); row++) {
            assertThat(Case.distance(out, row * size, expected.row(row)))
                    .as("row %d", row)
                    .isLessThan(2e-5);
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 30);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void chunksAndThreadsDoNotChangeABit(int seed) {
        var problem = Case.random(seed, 700);
        var codec = Case.plainCodec(seed);
        var whole = inChunks(problem, codec, problem.tokens(), 1, null);
        for (int chunk : new int[] {1, 7, 64, 100, 129}) {
            assertThat(inChunks(problem, codec, chunk, chunk % 3 + 1, null)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void massIsTheSumOfProbabilities(int seed) {
        var problem = Case.random(seed, 400);
        var mass = new AttentionMass(problem.shape().queryHeads(), problem.tokens());
        inChunks(problem, new KvCodec.F32(), problem.tokens(), 2, mass);
        for (int head = 0; head < mass.queryHeads(); head++) {
            var expected = new double[problem.tokens()];
            for (int row = 0; row < problem.tokens(); row++) {
                var p = problem.probabilities(row, head);
                for (int token = 0; token <= row; token++) {
                    expected[token] += p[token];
                }
            }
            var sums = Arrays.copyOfRange(mass.sums(), head * problem.tokens(), (head + 1) * problem.tokens());
            for (int token = 0; token < problem.tokens(); token++) {
                sums[token] -= (float) expected[token];
            }
            assertThat(Case.distance(sums, 0, new float[sums.length])).isLessThan(5e-4);
        }
        for (int chunk : new int[] {1, 37, 128, 200}) {
            var chunked = new AttentionMass(problem.shape().queryHeads(), problem.tokens());
            inChunks(problem, new KvCodec.F32(), chunk, chunk % 3 + 1, chunked);
            assertThat(chunked.sums()).isEqualTo(mass.sums());
        }
    }

    /** Appends and attends chunk by chunk; the rows' results [tokens][row size]. */
    private static float[] inChunks(Case problem, KvCodec codec, int chunk, int threads, @Nullable AttentionMass mass) {
        var out = new float[problem.tokens() * problem.shape().rowSize()];
        try (var cache = problem.cache(codec, new Random(chunk).nextInt(2) * problem.tokens());
                var pool = new WorkerPool(threads)) {
            for (int from = 0; from < problem.tokens(); from += chunk) {
                int to = Math.min(problem.tokens(), from + chunk);
                problem.append(cache.layer(0), from, to);
                var part = new float[(to - from) * problem.shape().rowSize()];
                Arrays.fill(part, Float.NaN);
                PrefillAttention.attend(
                        problem.shape(), cache.layer(0), problem.queries(from, to), to - from, from, part, pool, mass);
                System.arraycopy(part, 0, out, from * problem.shape().rowSize(), part.length);
                cache.advance(to - from);
            }
        }
        return out;
    }
}
