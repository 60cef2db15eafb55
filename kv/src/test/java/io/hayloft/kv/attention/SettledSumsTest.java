package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps that go on from sums over settled tokens have the bits of steps that begin themselves. */
@Tag("simd")
class SettledSumsTest {
    private static final int[] COUNTS = {1, 2, 5, 32, 50, 128};

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    /** Prompts on both sides of splits and tiles; codecs that pack while rows are read; windows, soft caps, sinks. */
    @ParameterizedTest
    @MethodSource("seeds")
    void bitsAreThoseOfSingleSteps(int seed) {
        int count = COUNTS[seed % COUNTS.length];
        int prompt = 1 + seed * 131 % (seed % 2 == 0 ? 400 : 2400);
        var problem = Case.of(Case.random(seed, seed % 4 == 1 ? 1500 : 60).shape(), prompt + count, seed);
        var codec = Case.codecs().get(seed % Case.codecs().size());
        try (var pool = new WorkerPool(2);
                var single = problem.cache(codec, 0);
                var together = problem.cache(codec, 0)) {
            for (var cache : new SequenceCache[] {single, together}) {
                problem.append(cache.layer(0), 0, prompt);
                cache.advance(prompt);
            }
            var layer = together.layer(0);
            var sums = new SettledSums(problem.shape(), layer, problem.q(), prompt, count, prompt);
            pool.run(sums.tasks(), sums);
            for (int row = 0; row < count; row++) {
                var expected = step(problem, prompt + row, single, null, 0, pool);
                var found = step(problem, prompt + row, together, sums, row, pool);
                assertThat(found).as("row %s", row).isEqualTo(expected);
            }
        }
    }

    private static float[] step(
            Case problem, int token, SequenceCache cache, @Nullable SettledSums sums, int row, WorkerPool pool) {
        problem.append(cache.layer(0), token, token + 1);
        var q = problem.queries(token, token + 1);
        var out = new float[q.length];
        var rows = new StepRows(
                new LayerCache[] {cache.layer(0)},
                new @Nullable CachePolicy[1],
                new @Nullable OutOfWindowTokens[1],
                q,
                q,
                new int[] {token},
                StepTimes.NONE);
        DecodeAttention.attend(problem.shape(), 0, rows, new @Nullable SettledSums[] {sums}, row, out, pool);
        cache.advance(1);
        return out;
    }
}
