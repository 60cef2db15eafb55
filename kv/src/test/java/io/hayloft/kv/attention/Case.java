package io.hayloft.kv.attention;

import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** A random attention problem and its solution in double precision, straight from the definition. */
record Case(AttentionShape shape, int tokens, float[] k, float[] v, float[] q) {
    private static final KvCodec[] CODECS = {
        new KvCodec.F16(),
        new KvCodec.F32(),
        new KvCodec.Q8(),
        new KvCodec.FlexGen(4, 64, false),
        new KvCodec.FlexGen(2, 32, true),
        new KvCodec.Grouped(4, 4, 32, 128),
        new KvCodec.Grouped(2, 2, 32, 64),
        new KvCodec.Grouped(8, 4, 64, 64, true),
        new KvCodec.Grouped(16, 2, 32, 32),
        new KvCodec.Grouped(4, 16, 32, 96)
    };
    private static final int[] DIMS = {12, 16, 32, 48, 64, 80, 96, 128, 256};
    private static final int[] GROUPS = {1, 2, 3, 4, 5, 6, 7, 8};

    /** One codec of each kind and layout. */
    static List<KvCodec> codecs() {
        return List.of(CODECS);
    }

    /** All kinds of codec in turn. */
    static KvCodec codec(int seed) {
        return CODECS[new Random(31L * seed).nextInt(CODECS.length)];
    }

    /** Codecs that code each token by itself, in turn. */
    static KvCodec plainCodec(int seed) {
        return CODECS[seed % 5];
    }

    /** Sizes from a seed: ragged dims, any group, sometimes a window, a soft cap, sinks. */
    static Case random(int seed, int maxTokens) {
        var random = new Random(seed);
        int dim = DIMS[seed % DIMS.length];
        int group = GROUPS[seed % GROUPS.length];
        int kvHeads = 1 + random.nextInt(3);
        int tokens = 1 + random.nextInt(maxTokens);
        int window = random.nextInt(3) == 0 ? 1 + random.nextInt(maxTokens) : 0;
        float softCap = random.nextInt(3) == 0 ? 2 + random.nextFloat() * 10 : 0;
        int heads = kvHeads * group;
        var sinks = random.nextInt(3) == 0 ? gaussian(random, heads, 6) : null;
        float scale = (float) (1 / Math.sqrt(dim));
        var shape = new AttentionShape(heads, kvHeads, dim, scale, softCap, window);
        return of(sinks == null ? shape : shape.withSinks(sinks), tokens, seed);
    }

    static Case of(AttentionShape shape, int tokens, int seed) {
        var random = new Random(seed);
        return new Case(
                shape,
                tokens,
                gaussian(random, tokens * shape.kvHeads() * shape.headDim(), 1.5),
                gaussian(random, tokens * shape.kvHeads() * shape.headDim(), 1),
                gaussian(random, tokens * shape.rowSize(), 2));
    }

    private static float[] gaussian(Random random, int count, double deviation) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    SequenceCache cache(KvCodec codec, int reserve) {
        var caches = CacheShape.windowed(shape.kvHeads(), shape.headDim(), shape.window());
        return new SequenceCache(caches, codec, reserve);
    }

    /** Largest difference, NaN if either holds one. */
    static double distance(float[] a, int from, float[] b) {
        double distance = 0;
        for (int i = 0; i < b.length; i++) {
            distance = Math.max(distance, Math.abs((double) a[from + i] - b[i]));
        }
        return distance;
    }

    /** Appends tokens from, ..., to - 1. */
    void append(LayerCache layer, int from, int to) {
        int stride = shape.kvHeads() * shape.headDim();
        layer.append(k, from * stride, v, from * stride, to - from, stride, from);
    }

    float[] queries(int from, int to) {
        return Arrays.copyOfRange(q, from * shape.rowSize(), to * shape.rowSize());
    }

    /** The same tokens as a cache holds them: rounded to its codec. All must still be there. */
    Case rounded(KvCodec codec) {
        var all = CacheShape.full(1, shape.kvHeads(), shape.headDim());
        try (var cache = new SequenceCache(all, codec, 0)) {
            var layer = cache.layer(0);
            append(layer, 0, tokens);
            var k2 = new float[k.length];
            var v2 = new float[v.length];
            int dim = shape.headDim();
            int stride = shape.kvHeads() * dim;
            for (int head = 0; head < shape.kvHeads(); head++) {
                for (int token = 0; token < tokens; token++) {
                    layer.readKeys(head, token, 1, k2, token * stride + head * dim);
                    layer.readValues(head, token, 1, v2, token * stride + head * dim);
                }
            }
            return new Case(shape, tokens, k2, v2, q);
        }
    }

    /** Softmax of one row and query head over tokens 0 to row; 0 outside the window. */
    double[] probabilities(int row, int queryHead) {
        return probabilities(row, queryHead, new BitSet());
    }

    /** The same where some tokens are gone, which have probability 0. */
    double[] probabilities(int row, int queryHead, BitSet gone) {
        int dim = shape.headDim();
        int kvHead = queryHead / shape.group();
        int from = shape.window() == 0 ? 0 : Math.max(0, row - shape.window() + 1);
        var scores = new double[row + 1];
        var sinks = shape.sinks();
        double sink = sinks == null ? Double.NEGATIVE_INFINITY : sinks[queryHead];
        double max = sink;
        for (int token = from; token <= row; token++) {
            if (gone.get(token)) {
                scores[token] = Double.NEGATIVE_INFINITY;
                continue;
            }
            double dot = 0;
            for (int c = 0; c < dim; c++) {
                dot += (double) q[row * shape.rowSize() + queryHead * dim + c]
                        * k[(token * shape.kvHeads() + kvHead) * dim + c];
            }
            double score = dot * shape.scale();
            scores[token] = shape.softCap() == 0 ? score : shape.softCap() * Math.tanh(score / shape.softCap());
            max = Math.max(max, scores[token]);
        }
        double sum = Math.exp(sink - max);
        for (int token = from; token <= row; token++) {
            scores[token] = Math.exp(scores[token] - max);
            sum += scores[token];
        }
        for (int token = from; token <= row; token++) {
            scores[token] /= sum;
        }
        return scores;
    }

    /** Result of one row [queryHeads * headDim]. */
    float[] row(int row) {
        var gone = new BitSet[shape.kvHeads()];
        Arrays.setAll(gone, head -> new BitSet());
        return row(row, gone);
    }

    /** The same where some tokens of each KV head are gone. */
    float[] row(int row, BitSet[] gone) {
        int dim = shape.headDim();
        var out = new float[shape.rowSize()];
        for (int queryHead = 0; queryHead < shape.queryHeads(); queryHead++) {
            var p = probabilities(row, queryHead, gone[queryHead / shape.group()]);
            for (int c = 0; c < dim; c++) {
                double sum = 0;
                for (int token = 0; token <= row; token++) {
                    sum += p[token] * v[(token * shape.kvHeads() + queryHead / shape.group()) * dim + c];
                }
                out[queryHead * dim + c] = (float) sum;
            }
        }
        return out;
    }
}
