package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that go on from sums over fixed tokens have the bits of steps that begin themselves. */
@Tag("simd")
class FixedTokenSumsTest {
    private static final int[] PROMPTS = {1, 127, 128, 129, 1023, 1024, 1025, 2048, 2300};
    private static final int[] COUNTS = {2, 5, 32, 50, 128};

    static Stream<Arguments> cases() {
        int codecs = Case.codecs().size();
        return IntStream.range(0, codecs * PROMPTS.length)
                .mapToObj(i -> Arguments.of(Case.codecs().get(i % codecs), PROMPTS[i / codecs], i));
    }

    /** Prompts on both sides of tiles and splits; codecs that pack while rows are read; windows, soft caps, sinks. */
    @ParameterizedTest
    @MethodSource("cases")
    void bitsAreThoseOfSingleSteps(KvCodec codec, int prompt, int seed) {
        int count = COUNTS[seed % COUNTS.length];
        var problem = Case.of(Case.random(seed, seed % 4 == 1 ? 1500 : 60).shape(), prompt + count, seed);
        try (var single = problem.cache(codec, 0);
                var together = problem.cache(codec, 0)) {
            for (var cache : new SequenceCache[] {single, together}) {
                problem.append(cache.layer(0), 0, prompt);
                cache.advance(prompt);
            }
            boolean any = prompt >= TileSoftmax.TILE && codec.storesTokensSeparately();
            check(problem, count, single, together, any && problem.shape().window() == 0);
        }
    }

    /** Caches of which each head keeps other tokens, so many or none, and a fork of one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void alsoInCachesThatHaveLostTokens(int seed) {
        int prompt = 2300;
        int count = 40;
        var shape = new AttentionShape(8, 4, 32, 0.2f, 0, 0);
        var problem = Case.of(shape, prompt + count, seed);
        var random = new Random(seed);
        var slots = new int[1][4][];
        int[] lengths = {0, 100, 1100, 2100};
        for (int head = 0; head < 4; head++) {
            var all = IntStream.range(0, prompt).boxed().collect(Collectors.toList());
            Collections.shuffle(all, random);
            slots[0][head] =
                    all.stream().limit(lengths[head]).mapToInt(i -> i).sorted().toArray();
        }
        try (var full = problem.cache(Case.codecs().get(seed), 0)) {
            problem.append(full.layer(0), 0, prompt);
            full.advance(prompt);
            try (var pool = new WorkerPool(1);
                    var single = Compaction.select(full, slots, Case.codecs().get(seed), null, pool);
                    var together = single.fork()) {
                check(problem, count, single, together, true);
            }
        }
    }

    private static void check(Case problem, int count, SequenceCache single, SequenceCache together, boolean any) {
        int prompt = problem.tokens() - count;
        try (var pool = new WorkerPool(2)) {
            var layer = together.layer(0);
            var sums = new FixedTokenSums(problem.shape(), layer, problem.q(), prompt, count, prompt);
            assertThat(sums.tasks()).isGreaterThanOrEqualTo(any ? 1 : 0);
            pool.run(sums.tasks(), sums);
            for (int row = 0; row < count; row++) {
                var expected = step(problem, prompt + row, single, null, 0, pool);
                var found = step(problem, prompt + row, together, sums, row, pool);
                assertThat(found).as("row %s", row).isEqualTo(expected);
            }
        }
    }

    private static float[] step(
            Case problem, int token, SequenceCache cache, @Nullable FixedTokenSums sums, int row, WorkerPool pool) {
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
        DecodeAttention.attend(problem.shape(), 0, rows, new @Nullable FixedTokenSums[] {sums}, row, out, pool);
        cache.advance(1);
        return out;
    }
}
