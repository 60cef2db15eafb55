package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import java.util.Arrays;
import java.util.BitSet;
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
    void accumulatedAttentionIsTheSumOfProbabilities(int seed) {
        var problem = Case.random(seed, 400);
        var accumulated = new AccumulatedAttention(problem.shape().queryHeads(), problem.tokens());
        inChunks(problem, new KvCodec.F32(), problem.tokens(), 2, accumulated);
        for (int head = 0; head < accumulated.queryHeads(); head++) {
            var expected = new double[problem.tokens()];
            for (int row = 0; row < problem.tokens(); row++) {
                var p = problem.probabilities(row, head);
                for (int token = 0; token <= row; token++) {
                    expected[token] += p[token];
                }
            }
            var sums = Arrays.copyOfRange(accumulated.sums(), head * problem.tokens(), (head + 1) * problem.tokens());
            for (int token = 0; token < problem.tokens(); token++) {
                sums[token] -= (float) expected[token];
            }
            assertThat(Case.distance(sums, 0, new float[sums.length])).isLessThan(5e-4);
        }
        for (int chunk : new int[] {1, 37, 128, 200}) {
            var chunked = new AccumulatedAttention(problem.shape().queryHeads(), problem.tokens());
            inChunks(problem, new KvCodec.F32(), chunk, chunk % 3 + 1, chunked);
            assertThat(chunked.sums()).isEqualTo(accumulated.sums());
        }
    }

    /** Appends and attends chunk by chunk; the rows' results [tokens][row size]. */
    static float[] inChunks(
            Case problem, KvCodec codec, int chunk, int threads, @Nullable AccumulatedAttention accumulated) {
        var out = new float[problem.tokens() * problem.shape().rowSize()];
        try (var cache = problem.cache(codec, new Random(chunk).nextInt(2) * problem.tokens());
                var pool = new WorkerPool(threads)) {
            for (int from = 0; from < problem.tokens(); from += chunk) {
                int to = Math.min(problem.tokens(), from + chunk);
                problem.append(cache.layer(0), from, to);
                var part = new float[(to - from) * problem.shape().rowSize()];
                Arrays.fill(part, Float.NaN);
                var rows = new ChunkRows(cache.layer(0), problem.queries(from, to), to - from, from);
                PrefillAttention.attend(problem.shape(), rows, part, pool, accumulated);
                System.arraycopy(part, 0, out, from * problem.shape().rowSize(), part.length);
                cache.advance(to - from);
            }
        }
        return out;
    }

    /** Heads hold different tokens, and not in their order; a chunk's rows lie behind the gaps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void equalsTheDefinitionWhereTokensAreGone(int seed) {
        var problem = Case.of(Case.random(seed, 300).shape(), 400, seed);
        var gaps = new Gaps(problem, 170, gone(problem, 170, seed), seed % 2 == 0);
        var accumulated = new AccumulatedAttention(problem.shape().queryHeads(), problem.tokens());
        var out = gaps.inChunks(problem.tokens(), 2, accumulated);
        int size = problem.shape().rowSize();
        for (int row = gaps.first; row < problem.tokens(); row++) {
            assertThat(Case.distance(out, (row - gaps.first) * size, problem.row(row, gaps.gone)))
                    .as("row %d", row)
                    .isLessThan(2e-5);
        }
        for (int head = 0; head < accumulated.queryHeads(); head++) {
            var expected = new double[problem.tokens()];
            for (int row = gaps.first; row < problem.tokens(); row++) {
                var p = problem.probabilities(
                        row, head, gaps.gone[head / problem.shape().group()]);
                for (int token = 0; token <= row; token++) {
                    expected[token] += p[token];
                }
            }
            for (int token = 0; token < problem.tokens(); token++) {
                assertThat(accumulated.sums()[head * problem.tokens() + token])
                        .as("head %d, token %d", head, token)
                        .isCloseTo((float) expected[token], within(5e-4f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void chunksAndThreadsDoNotChangeABitWhereTokensAreGone(int seed) {
        var problem = Case.of(Case.random(seed, 300).shape(), 400, seed);
        var gaps = new Gaps(problem, 170, gone(problem, 170, seed), false);
        var accumulated = new AccumulatedAttention(problem.shape().queryHeads(), problem.tokens());
        var whole = gaps.inChunks(problem.tokens(), 1, accumulated);
        for (int chunk : new int[] {1, 37, 128, 200}) {
            var chunked = new AccumulatedAttention(problem.shape().queryHeads(), problem.tokens());
            assertThat(gaps.inChunks(chunk, chunk % 3 + 1, chunked)).isEqualTo(whole);
            assertThat(chunked.sums()).isEqualTo(accumulated.sums());
        }
    }

    /** Of each KV head a third of the tokens from 20 on. */
    private static BitSet[] gone(Case problem, int tokens, int seed) {
        var random = new Random(seed);
        var gone = new BitSet[problem.shape().kvHeads()];
        for (int head = 0; head < gone.length; head++) {
            gone[head] = new BitSet();
            for (int token = 20; token < tokens; token++) {
                gone[head].set(token, random.nextInt(3) == 0);
            }
        }
        return gone;
    }

    /**
     * A cache that loses tokens.
     *
     * @param first rows from here on attend
     * @param gone tokens before them that are evicted, of each KV head
     * @param late whether they are evicted when the first chunk is in the cache, whose last tokens then fill the gaps
     */
    private record Gaps(Case problem, int first, BitSet[] gone, boolean late) {
        float[] inChunks(int chunk, int threads, AccumulatedAttention accumulated) {
            var out = new float[(problem.tokens() - first) * problem.shape().rowSize()];
            try (var cache = problem.cache(new KvCodec.F32(), 0);
                    var pool = new WorkerPool(threads)) {
                var layer = cache.layer(0);
                problem.append(layer, 0, first);
                if (!late) {
                    evict(layer);
                }
                for (int from = first; from < problem.tokens(); from += chunk) {
                    int to = Math.min(problem.tokens(), from + chunk);
                    problem.append(layer, from, to);
                    if (late && from == first) {
                        evict(layer);
                    }
                    var part = new float[(to - from) * problem.shape().rowSize()];
                    var queries = problem.queries(from, to);
                    var rows = new ChunkRows(layer, queries, to - from, from);
                    PrefillAttention.attend(problem.shape(), rows, part, pool, accumulated);
                    System.arraycopy(
                            part, 0, out, (from - first) * problem.shape().rowSize(), part.length);
                }
            }
            return out;
        }

        private void evict(LayerCache layer) {
            for (int head = 0; head < gone.length; head++) {
                for (int slot = layer.length(head) - 1; slot >= 0; slot--) {
                    if (gone[head].get(layer.position(head, slot))) {
                        layer.evict(head, slot);
                    }
                }
            }
        }
    }
}
