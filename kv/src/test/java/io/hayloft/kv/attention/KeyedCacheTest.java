package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.LayerShape.KvShape;
import io.hayloft.kv.cache.SequenceCache;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Caches whose values are their keys: attention as by definition, in every codec, and half the bytes. */
@Tag("simd")
class KeyedCacheTest {
    private static final int DIM = 40;
    private static final int TOKENS = 300;
    private static final AttentionShape SHAPE = new AttentionShape(6, 1, DIM, 0.2f, 0, 0);

    static List<KvCodec> codecs() {
        return Case.codecs();
    }

    private static SequenceCache cache(KvCodec codec) {
        return new SequenceCache(new CacheShape(List.of(new KvShape(1, DIM, 0, true))), codec, 0);
    }

    private static float[] decode(Case problem, SequenceCache cache, int row) {
        var out = new float[SHAPE.rowSize()];
        var queries = problem.queries(row, row + 1);
        var layers = new LayerCache[] {cache.layer(0)};
        try (var pool = new WorkerPool(2)) {
            var none = new @Nullable OutOfWindowTokens[1];
            var policies = new @Nullable CachePolicy[1];
            var step = new StepRows(layers, policies, none, queries, queries, new int[] {row}, StepTimes.NONE);
            DecodeAttention.attend(SHAPE, 0, step, out, pool);
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void equalsTheDefinition(KvCodec codec) {
        var random = Case.of(SHAPE, TOKENS, 3);
        var problem = new Case(SHAPE, TOKENS, random.k(), random.k(), random.q());
        int last = TOKENS - 1;
        try (var cache = cache(codec);
                var pool = new WorkerPool(2)) {
            problem.append(cache.layer(0), 0, last);
            cache.advance(last);
            problem.append(cache.layer(0), last, TOKENS);
            var stored = new float[TOKENS * DIM];
            var values = new float[TOKENS * DIM];
            cache.layer(0).readKeys(0, 0, TOKENS, stored, 0);
            cache.layer(0).readValues(0, 0, TOKENS, values, 0);
            assertThat(values).isEqualTo(stored);
            var expected = new Case(SHAPE, TOKENS, stored, stored, random.q()).row(last);
            assertThat(Case.distance(decode(problem, cache, last), 0, expected)).isLessThan(5e-5);
            var out = new float[SHAPE.rowSize()];
            var rows = new ChunkRows(cache.layer(0), problem.queries(last, TOKENS), 1, last);
            PrefillAttention.attend(SHAPE, rows, out, pool, null);
            assertThat(Case.distance(out, 0, expected)).isLessThan(5e-5);
            assertThat(cache.shape().fullBytes(TOKENS, codec))
                    .isEqualTo(codec.keyBits(DIM, TOKENS) / 8)
                    .isLessThan(codec.bytes(1, DIM, TOKENS));
        }
    }

    /** What is evicted, forked or copied goes with the keys. */
    @Test
    void evictionsAndForksTakeTheValuesAlong() {
        var random = Case.of(SHAPE, TOKENS, 5);
        var problem = new Case(SHAPE, TOKENS, random.k(), random.k(), random.q());
        var gone = new BitSet();
        try (var cache = cache(new KvCodec.F32())) {
            problem.append(cache.layer(0), 0, TOKENS);
            try (var fork = cache.fork()) {
                for (int slot = 250; slot >= 20; slot -= 7) {
                    gone.set(fork.layer(0).position(0, slot));
                    fork.layer(0).evict(0, slot);
                }
                var expected = problem.row(TOKENS - 1, new BitSet[] {gone});
                assertThat(Case.distance(decode(problem, fork, TOKENS - 1), 0, expected))
                        .isLessThan(2e-5);
            }
            var all = problem.row(TOKENS - 1);
            assertThat(Case.distance(decode(problem, cache, TOKENS - 1), 0, all))
                    .isLessThan(2e-5);
            var bytes = cache.bytes();
            var twice = CacheShape.full(1, 1, DIM);
            try (var usual = new SequenceCache(twice, new KvCodec.F32(), 0)) {
                problem.append(usual.layer(0), 0, TOKENS);
                assertThat(bytes).isLessThan(usual.bytes() * 6 / 10);
            }
        }
    }
}
