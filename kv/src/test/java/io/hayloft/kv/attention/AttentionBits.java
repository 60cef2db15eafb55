package io.hayloft.kv.attention;

import io.hayloft.kernels.VectorWidth;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Prints a hash of the bits of what attention computes in this process, line by line for codecs, head sizes and kinds of
 * attention, after a line with the vector width. {@link VectorWidthTest} compares what processes of different widths print.
 */
final class AttentionBits {
    private static final int[] DIMS = {12, 20, 33, 72, 128};
    private static final int TOKENS = 180;
    private static final int STEPS = 3;
    private static final int CHUNK = 70;

    private AttentionBits() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        System.out.println(VectorWidth.BITS);
        try (var pool = new WorkerPool(1)) {
            int seed = 0;
            for (var codec : Case.codecs()) {
                for (int dim : DIMS) {
                    print(problem(dim, seed), codec, seed++, pool);
                }
            }
        }
    }

    /** Groups of one to eight heads, in turn with a soft cap, a window, both or neither. */
    private static Case problem(int dim, int seed) {
        int kvHeads = 1 + seed % 2;
        int group = 1 + seed * 5 % 8;
        float softCap = seed % 3 == 0 ? 7 : 0;
        int window = seed % 5 == 0 ? 150 : 0;
        float scale = (float) (1 / Math.sqrt(dim));
        return Case.of(new AttentionShape(kvHeads * group, kvHeads, dim, scale, softCap, window), TOKENS, seed);
    }

    private static void print(Case problem, KvCodec codec, int seed, WorkerPool pool) {
        var name = codec + ", " + problem.shape();
        var near = run(problem, codec, null, pool);
        System.out.println(name + ": " + near);
        var outOfWindowShape = new AttentionShape(
                problem.shape().queryHeads(),
                problem.shape().kvHeads(),
                problem.shape().headDim(),
                problem.shape().scale(),
                problem.shape().softCap(),
                0);
        var behind = Case.of(outOfWindowShape, 150, seed + 1000);
        try (var outOfWindow = behind.cache(codec, 0)) {
            behind.append(outOfWindow.layer(0), 0, behind.tokens());
            var part = new OutOfWindowTokens(
                    outOfWindow.layer(0), 20, seed % 2 == 0 ? null : AttentionBits::hideEveryThird);
            System.out.println(name + ", out-of-window tokens: " + run(problem, codec, part, pool));
        }
    }

    private static void hideEveryThird(int queryHead, int slot, int count, float[] scores, int at) {
        for (int i = 0; i < count; i++) {
            if ((slot + i + queryHead) % 3 == 0) {
                scores[at + i] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Reads all but the last tokens in chunks with recorded attention, decodes those with recorded probabilities. */
    private static String run(Case problem, KvCodec codec, @Nullable OutOfWindowTokens outOfWindow, WorkerPool pool) {
        var shape = problem.shape();
        int prompt = problem.tokens() - STEPS;
        var attention = new AccumulatedAttention(shape.queryHeads(), problem.tokens());
        var out = new float[problem.tokens() * shape.rowSize()];
        var recorder = new Recorder();
        try (var cache = problem.cache(codec, 0)) {
            var layer = cache.layer(0);
            for (int from = 0; from < prompt; from += CHUNK) {
                int to = Math.min(prompt, from + CHUNK);
                problem.append(layer, from, to);
                var q = problem.queries(from, to);
                var part = new float[q.length];
                var rows = new ChunkRows(layer, q, to - from, from);
                if (outOfWindow == null) {
                    PrefillAttention.attend(shape, rows, part, pool, attention);
                } else {
                    PrefillAttention.attend(shape, rows, outOfWindow.rows(q, rows), part, pool, attention);
                }
                System.arraycopy(part, 0, out, from * shape.rowSize(), part.length);
                cache.advance(to - from);
            }
            for (int token = prompt; token < problem.tokens(); token++) {
                problem.append(layer, token, token + 1);
                var q = problem.queries(token, token + 1);
                var row = new float[q.length];
                var rows = new StepRows(
                        new LayerCache[] {layer},
                        new CachePolicy[] {recorder},
                        new @Nullable OutOfWindowTokens[] {outOfWindow},
                        q,
                        q,
                        new int[] {token},
                        StepTimes.NONE);
                DecodeAttention.attend(shape, 0, rows, row, pool);
                System.arraycopy(row, 0, out, token * shape.rowSize(), row.length);
                cache.advance(1);
            }
        }
        return Integer.toHexString(Arrays.hashCode(out)) + " " + Integer.toHexString(Arrays.hashCode(attention.sums()))
                + " " + Integer.toHexString(recorder.hash);
    }

    /** Hashes the probabilities of each step. */
    private static final class Recorder implements CachePolicy {
        private int hash;

        @Override
        public boolean wantsProbabilities() {
            return true;
        }

        @Override
        public void afterStep(int layer, LayerCache cache, StepAttention attention) {
            for (int head = 0; head < attention.queryHeads(); head++) {
                for (int slot = 0; slot < cache.length(0); slot++) {
                    hash = 31 * hash + Float.floatToIntBits(attention.probability(head, slot));
                }
            }
        }

        @Override
        public CachePolicy fork() {
            return this;
        }
    }
}
