package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Known tokens read together: the results of single steps, to rounding, and caches of the same tokens and numbers. */
@Tag("simd")
class KnownAttentionTest {
    private static final int[] COUNTS = {1, 5, 32, 50, 128};

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    /** Codecs that pack values at every token and keys at some, windows, soft caps and sinks. */
    @ParameterizedTest
    @MethodSource("seeds")
    void growingCachesGiveTheResultsOfSingleSteps(int seed) {
        int count = COUNTS[seed % COUNTS.length];
        var problem = Case.of(Case.random(seed, 60).shape(), 1 + seed * 37 % 300 + count, seed);
        var codec = Case.codecs().get(seed % Case.codecs().size());
        try (var single = problem.cache(codec, 0);
                var together = problem.cache(codec, 0)) {
            check(problem, count, single, null, together, null);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void policiesEvictWhatTheyEvictInSingleSteps(int seed) {
        int count = COUNTS[(seed + 1) % COUNTS.length];
        var some = Case.random(seed, 60).shape();
        var shape = new AttentionShape(
                        some.queryHeads(), some.kvHeads(), some.headDim(), some.scale(), some.softCap(), 0)
                .withSinks(some.sinks());
        var problem = Case.of(shape, 5 + seed * 37 % 300 + count, seed);
        var codec = Case.plainCodec(seed);
        int room = problem.tokens() - count + seed % 3;
        var policies = seed % 2 == 0
                ? new CachePolicy[] {new Least(room, 1 + seed % 4), new Least(room, 1 + seed % 4)}
                : new CachePolicy[] {new Oldest(room), new Oldest(room)};
        try (var single = problem.cache(codec, 0);
                var together = problem.cache(codec, 0)) {
            check(problem, count, single, policies[0], together, policies[1]);
            assertThat(together.layer(0).length(0)).isLessThanOrEqualTo(room);
        }
    }

    private static void check(
            Case problem,
            int count,
            SequenceCache single,
            @Nullable CachePolicy singlePolicy,
            SequenceCache together,
            @Nullable CachePolicy policy) {
        var shape = problem.shape();
        int prompt = problem.tokens() - count;
        try (var pool = new WorkerPool(2)) {
            for (var cache : new SequenceCache[] {single, together}) {
                problem.append(cache.layer(0), 0, prompt);
                cache.advance(prompt);
            }
            var expected = new float[count * shape.rowSize()];
            for (int row = 0; row < count; row++) {
                step(problem, prompt + row, single, singlePolicy, pool, expected, row * shape.rowSize());
            }
            var out = new float[problem.tokens() * shape.rowSize()];
            var sequence = new KnownRows.Sequence(together.layer(0), policy, prompt, prompt);
            assertThat(KnownAttention.suits(shape, 0, sequence)).isTrue();
            var rows = new KnownRows(new KnownRows.Sequence[] {sequence}, count, problem.k(), problem.v(), problem.q());
            KnownAttention.attend(shape, 0, rows, out, pool);
            together.advance(count);
            assertThat(Case.distance(out, prompt * shape.rowSize(), expected)).isLessThan(2e-5);
            assertSame(single.layer(0), together.layer(0));
        }
    }

    private static void step(
            Case problem,
            int token,
            SequenceCache cache,
            @Nullable CachePolicy policy,
            WorkerPool pool,
            float[] out,
            int at) {
        problem.append(cache.layer(0), token, token + 1);
        var q = problem.queries(token, token + 1);
        var row = new float[q.length];
        var rows = new StepRows(
                new LayerCache[] {cache.layer(0)},
                new @Nullable CachePolicy[] {policy},
                new @Nullable OutOfWindowTokens[1],
                q,
                q,
                new int[] {token},
                StepTimes.NONE);
        DecodeAttention.attend(problem.shape(), 0, rows, row, pool);
        System.arraycopy(row, 0, out, at, row.length);
        cache.advance(1);
    }

    /** The same tokens in the same slots, stored with the same bits. */
    private static void assertSame(LayerCache expected, LayerCache found) {
        for (int head = 0; head < expected.kvHeads(); head++) {
            int length = expected.length(head);
            assertThat(positions(found, head)).isEqualTo(positions(expected, head));
            var one = new float[length * expected.headDim()];
            var other = new float[one.length];
            expected.readKeys(head, 0, length, one, 0);
            found.readKeys(head, 0, length, other, 0);
            assertThat(other).isEqualTo(one);
            expected.readValues(head, 0, length, one, 0);
            found.readValues(head, 0, length, other, 0);
            assertThat(other).isEqualTo(one);
        }
    }

    private static int[] positions(LayerCache cache, int head) {
        return IntStream.range(0, cache.length(head))
                .map(slot -> cache.position(head, slot))
                .toArray();
    }

    /** Evicts the tokens with least attention at the step, several at once, as soon as there are more than allowed. */
    private record Least(int room, int atOnce) implements CachePolicy {
        @Override
        public boolean wantsProbabilities() {
            return true;
        }

        @Override
        public void afterStep(int layer, LayerCache cache, StepAttention attention) {
            for (int head = 0; head < cache.kvHeads(); head++) {
                int length = cache.length(head);
                assertThat(attention.length(head)).isEqualTo(length);
                if (length <= room) {
                    continue;
                }
                var sums = new float[length];
                attention.addGroupMean(head, sums);
                var sorted = sums.clone();
                Arrays.sort(sorted);
                float most = sorted[Math.min(length - 1, atOnce) - 1];
                cache.evict(
                        head,
                        IntStream.range(0, length)
                                .filter(slot -> sums[slot] <= most)
                                .toArray());
            }
        }

        @Override
        public CachePolicy fork() {
            return this;
        }
    }

    /** Evicts the oldest token but for two, and asks for no probabilities. */
    private record Oldest(int room) implements CachePolicy {
        @Override
        public boolean wantsProbabilities() {
            return false;
        }

        @Override
        public void afterStep(int layer, LayerCache cache, StepAttention attention) {
            assertThat(attention.hasProbabilities()).isFalse();
            for (int head = 0; head < cache.kvHeads(); head++) {
                while (cache.length(head) > room) {
                    int oldest = 0;
                    for (int slot = 0; slot < cache.length(head); slot++) {
                        int position = cache.position(head, slot);
                        boolean older = position < cache.position(head, oldest);
                        oldest = position > 1 && (older || cache.position(head, oldest) <= 1) ? slot : oldest;
                    }
                    cache.evict(head, oldest);
                }
            }
        }

        @Override
        public CachePolicy fork() {
            return this;
        }
    }
}
