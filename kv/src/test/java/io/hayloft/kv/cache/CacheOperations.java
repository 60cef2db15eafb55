package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A cache of one layer, all that was done to it, and the same done to a cache that was never forked and shares nothing.
 */
final class CacheOperations implements AutoCloseable {
    /** Something that is done to a cache. */
    @FunctionalInterface
    interface Operation {
        void apply(LayerCache cache);
    }

    /** Sizes of the layer. */
    record Layer(int heads, int dim, int window, KvCodec codec, int reserve) {
        LayerCache empty() {
            return new LayerCache(heads, dim, window, codec, reserve, false);
        }
    }

    private final Layer layer;
    private final LayerCache cache;
    private final List<Operation> log;
    private int next; // position of the next token

    CacheOperations(Layer layer) {
        this(layer, layer.empty(), new ArrayList<>(), 0);
    }

    private CacheOperations(Layer layer, LayerCache cache, List<Operation> log, int next) {
        this.layer = layer;
        this.cache = cache;
        this.log = log;
        this.next = next;
    }

    LayerCache cache() {
        return cache;
    }

    CacheOperations fork() {
        return new CacheOperations(layer, cache.fork(), new ArrayList<>(log), next);
    }

    /** Does something random; {@code scale} is about how many tokens come at once. */
    void step(Random random, int scale) {
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> append(1 + random.nextInt(random.nextBoolean() ? 3 : scale), random.nextInt());
            case 4 -> evictOne(random);
            case 5 -> evictMany(random);
            default -> truncate(Math.max(0, next - random.nextInt(scale)));
        }
    }

    private void append(int rows, int seed) {
        int first = next;
        next += rows;
        int width = layer.heads * layer.dim;
        run(target -> {
            var k = numbers(seed, rows * width);
            var v = numbers(~seed, rows * width);
            target.append(k, 0, v, 0, rows, width, first);
            target.advance(first + rows);
        });
    }

    private void evictOne(Random random) {
        int head = random.nextInt(layer.heads);
        if (layer.codec.storesTokensSeparately() && cache.length(head) > 0) {
            int slot = random.nextInt(cache.length(head));
            run(target -> target.evict(head, slot));
        }
    }

    private void evictMany(Random random) {
        if (layer.codec.storesTokensSeparately()) {
            int head = random.nextInt(layer.heads);
            var slots =
                    random.ints(0, cache.length(head) + 1).limit(20).distinct().sorted();
            var some = slots.filter(slot -> slot < cache.length(head)).toArray();
            run(target -> target.evict(head, some));
        }
    }

    /** Goes back if that is possible; if not, nothing has changed, which the comparison shows. */
    private void truncate(int tokens) {
        try {
            cache.truncate(tokens);
            log.add(target -> target.truncate(tokens));
            next = tokens;
        } catch (UnsupportedOperationException e) {
            assertThat(e).hasMessageContaining("cannot go back to token " + tokens);
        }
    }

    private void run(Operation operation) {
        operation.apply(cache);
        log.add(operation);
    }

    /** Does everything again to an empty cache and compares the two to the bit. */
    void check() {
        var reference = layer.empty();
        try {
            log.forEach(operation -> operation.apply(reference));
            assertSame(cache, reference);
        } finally {
            reference.close();
        }
    }

    static void assertSame(LayerCache actual, LayerCache expected) {
        for (int head = 0; head < expected.kvHeads(); head++) {
            assertThat(actual.length(head)).isEqualTo(expected.length(head));
            int count = expected.length(head);
            for (int slot = 0; slot < count; slot++) {
                assertThat(actual.position(head, slot)).isEqualTo(expected.position(head, slot));
            }
            var one = new float[count * expected.headDim()];
            var other = new float[one.length];
            actual.readKeys(head, 0, count, one, 0);
            expected.readKeys(head, 0, count, other, 0);
            assertThat(one).isEqualTo(other);
            actual.readValues(head, 0, count, one, 0);
            expected.readValues(head, 0, count, other, 0);
            assertThat(one).isEqualTo(other);
            assertThat(products(actual.head(head), actual.headDim()))
                    .isEqualTo(products(expected.head(head), expected.headDim()));
        }
    }

    /** What attention reads: scores of all tokens with three queries, and all values added up. */
    private static float[] products(HeadCache head, int dim) {
        int tokens = (head.end() + 31) / 32 * 32;
        int stride = head.valueFloats();
        var scratch = new BlockScratch();
        var out = new float[3 * tokens + 3 * stride];
        head.setQueries(scratch, numbers(1, 3 * dim), 0, 3, 0.125f);
        for (int block = head.begin() / 32; block * 32 < head.end(); block++) {
            head.addScores(scratch, block, out, block * 32, tokens);
            var p = new float[3 * 32];
            for (int i = 0; i < p.length; i++) {
                int token = block * 32 + i % 32;
                p[i] = token >= head.begin() && token < head.end() ? 1f / (1 + i) : 0;
            }
            head.addValues(scratch, block, p, 0, 32, 3, out, 3 * tokens, stride);
        }
        for (int row = 0; row < 3; row++) {
            head.finishValues(out, 3 * tokens + row * stride);
            for (int token = 0; token < tokens; token++) {
                if (token < head.begin() || token >= head.end()) {
                    out[row * tokens + token] = 0; // no token is there
                }
            }
        }
        return out;
    }

    private static float[] numbers(int seed, int count) {
        var random = new Random(seed);
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    @Override
    public void close() {
        cache.close();
    }
}
