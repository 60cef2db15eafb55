package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.HeadCache;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The two products of prefill attention for a tile of query rows: 12 rows by two vectors where there are 32 registers, 4
 * rows by two vectors where there are 16. Sums run over channels, or tokens, in order; a row's result does not depend on
 * the other rows.
 *
 * <p>The tiles are written out because their sums have to be local variables to live in registers.
 */
final class RowTile {
    /** Rows of a tile. */
    static final int ROWS = VectorWidth.BITS == 512 ? 12 : 4;

    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;
    private static final int BLOCK = HeadCache.BLOCK;

    private RowTile() {}

    /**
     * Scores of a tile of rows with a block of 32 keys: scores[row][token] = sum over channels of q * key.
     *
     * @param q [channels][ROWS]
     * @param keys [channels][32]
     * @param scores [ROWS][128]
     */
    static void scores(int channels, float[] q, int qAt, float[] keys, int keysAt, float[] scores, int scoresAt) {
        for (int lane = 0; lane < BLOCK; lane += 2 * LANES) {
            if (ROWS == 12) {
                scores12(channels, q, qAt, keys, keysAt + lane, scores, scoresAt + lane);
            } else {
                scores4(channels, q, qAt, keys, keysAt + lane, scores, scoresAt + lane);
            }
        }
    }

    /**
     * Adds weighted values for a tile of rows: out[row][channel] += sum over tokens of p * value.
     *
     * @param p [ROWS][128]
     * @param values [tokens][stride]
     * @param out [ROWS][stride]; the stride is a multiple of two vectors
     */
    static void values(int tokens, float[] p, float[] values, int stride, float[] out, int outAt) {
        for (int lane = 0; lane < stride; lane += 2 * LANES) {
            if (ROWS == 12) {
                values12(tokens, p, values, lane, stride, out, outAt + lane);
            } else {
                values4(tokens, p, values, lane, stride, out, outAt + lane);
            }
        }
    }

    private static void scores4(
            int channels, float[] q, int qAt, float[] keys, int keysAt, float[] scores, int scoresAt) {
        var a0 = FloatVector.zero(FLOATS);
        var b0 = FloatVector.zero(FLOATS);
        var a1 = FloatVector.zero(FLOATS);
        var b1 = FloatVector.zero(FLOATS);
        var a2 = FloatVector.zero(FLOATS);
        var b2 = FloatVector.zero(FLOATS);
        var a3 = FloatVector.zero(FLOATS);
        var b3 = FloatVector.zero(FLOATS);
        for (int c = 0, x = qAt, k = keysAt; c < channels; c++, x += 4, k += BLOCK) {
            var ka = FloatVector.fromArray(FLOATS, keys, k);
            var kb = FloatVector.fromArray(FLOATS, keys, k + LANES);
            var x0 = FloatVector.broadcast(FLOATS, q[x]);
            a0 = x0.fma(ka, a0);
            b0 = x0.fma(kb, b0);
            var x1 = FloatVector.broadcast(FLOATS, q[x + 1]);
            a1 = x1.fma(ka, a1);
            b1 = x1.fma(kb, b1);
            var x2 = FloatVector.broadcast(FLOATS, q[x + 2]);
            a2 = x2.fma(ka, a2);
            b2 = x2.fma(kb, b2);
            var x3 = FloatVector.broadcast(FLOATS, q[x + 3]);
            a3 = x3.fma(ka, a3);
            b3 = x3.fma(kb, b3);
        }
        a0.intoArray(scores, scoresAt);
        b0.intoArray(scores, scoresAt + LANES);
        a1.intoArray(scores, scoresAt + TILE);
        b1.intoArray(scores, scoresAt + TILE + LANES);
        a2.intoArray(scores, scoresAt + 2 * TILE);
        b2.intoArray(scores, scoresAt + 2 * TILE + LANES);
        a3.intoArray(scores, scoresAt + 3 * TILE);
        b3.intoArray(scores, scoresAt + 3 * TILE + LANES);
    }

    private static void values4(
            int tokens, float[] p, float[] values, int valuesAt, int stride, float[] out, int outAt) {
        var a0 = FloatVector.fromArray(FLOATS, out, outAt);
        var b0 = FloatVector.fromArray(FLOATS, out, outAt + LANES);
        var a1 = FloatVector.fromArray(FLOATS, out, outAt + stride);
        var b1 = FloatVector.fromArray(FLOATS, out, outAt + stride + LANES);
        var a2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * stride);
        var b2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * stride + LANES);
        var a3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * stride);
        var b3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * stride + LANES);
        for (int t = 0, v = valuesAt; t < tokens; t++, v += stride) {
            var va = FloatVector.fromArray(FLOATS, values, v);
            var vb = FloatVector.fromArray(FLOATS, values, v + LANES);
            var x0 = FloatVector.broadcast(FLOATS, p[t]);
            a0 = x0.fma(va, a0);
            b0 = x0.fma(vb, b0);
            var x1 = FloatVector.broadcast(FLOATS, p[t + TILE]);
            a1 = x1.fma(va, a1);
            b1 = x1.fma(vb, b1);
            var x2 = FloatVector.broadcast(FLOATS, p[t + 2 * TILE]);
            a2 = x2.fma(va, a2);
            b2 = x2.fma(vb, b2);
            var x3 = FloatVector.broadcast(FLOATS, p[t + 3 * TILE]);
            a3 = x3.fma(va, a3);
            b3 = x3.fma(vb, b3);
        }
        a0.intoArray(out, outAt);
        b0.intoArray(out, outAt + LANES);
        a1.intoArray(out, outAt + stride);
        b1.intoArray(out, outAt + stride + LANES);
        a2.intoArray(out, outAt + 2 * stride);
        b2.intoArray(out, outAt + 2 * stride + LANES);
        a3.intoArray(out, outAt + 3 * stride);
        b3.intoArray(out, outAt + 3 * stride + LANES);
    }

    private static void scores12(
            int channels, float[] q, int qAt, float[] keys, int keysAt, float[] scores, int scoresAt) {
        var a0 = FloatVector.zero(FLOATS);
        var b0 = FloatVector.zero(FLOATS);
        var a1 = FloatVector.zero(FLOATS);
        var b1 = FloatVector.zero(FLOATS);
        var a2 = FloatVector.zero(FLOATS);
        var b2 = FloatVector.zero(FLOATS);
        var a3 = FloatVector.zero(FLOATS);
        var b3 = FloatVector.zero(FLOATS);
        var a4 = FloatVector.zero(FLOATS);
        var b4 = FloatVector.zero(FLOATS);
        var a5 = FloatVector.zero(FLOATS);
        var b5 = FloatVector.zero(FLOATS);
        var a6 = FloatVector.zero(FLOATS);
        var b6 = FloatVector.zero(FLOATS);
        var a7 = FloatVector.zero(FLOATS);
        var b7 = FloatVector.zero(FLOATS);
        var a8 = FloatVector.zero(FLOATS);
        var b8 = FloatVector.zero(FLOATS);
        var a9 = FloatVector.zero(FLOATS);
        var b9 = FloatVector.zero(FLOATS);
        var a10 = FloatVector.zero(FLOATS);
        var b10 = FloatVector.zero(FLOATS);
        var a11 = FloatVector.zero(FLOATS);
        var b11 = FloatVector.zero(FLOATS);
        for (int c = 0, x = qAt, k = keysAt; c < channels; c++, x += 12, k += BLOCK) {
            var ka = FloatVector.fromArray(FLOATS, keys, k);
            var kb = FloatVector.fromArray(FLOATS, keys, k + LANES);
            var x0 = FloatVector.broadcast(FLOATS, q[x]);
            a0 = x0.fma(ka, a0);
            b0 = x0.fma(kb, b0);
            var x1 = FloatVector.broadcast(FLOATS, q[x + 1]);
            a1 = x1.fma(ka, a1);
            b1 = x1.fma(kb, b1);
            var x2 = FloatVector.broadcast(FLOATS, q[x + 2]);
            a2 = x2.fma(ka, a2);
            b2 = x2.fma(kb, b2);
            var x3 = FloatVector.broadcast(FLOATS, q[x + 3]);
            a3 = x3.fma(ka, a3);
            b3 = x3.fma(kb, b3);
            var x4 = FloatVector.broadcast(FLOATS, q[x + 4]);
            a4 = x4.fma(ka, a4);
            b4 = x4.fma(kb, b4);
            var x5 = FloatVector.broadcast(FLOATS, q[x + 5]);
            a5 = x5.fma(ka, a5);
            b5 = x5.fma(kb, b5);
            var x6 = FloatVector.broadcast(FLOATS, q[x + 6]);
            a6 = x6.fma(ka, a6);
            b6 = x6.fma(kb, b6);
            var x7 = FloatVector.broadcast(FLOATS, q[x + 7]);
            a7 = x7.fma(ka, a7);
            b7 = x7.fma(kb, b7);
            var x8 = FloatVector.broadcast(FLOATS, q[x + 8]);
            a8 = x8.fma(ka, a8);
            b8 = x8.fma(kb, b8);
            var x9 = FloatVector.broadcast(FLOATS, q[x + 9]);
            a9 = x9.fma(ka, a9);
            b9 = x9.fma(kb, b9);
            var x10 = FloatVector.broadcast(FLOATS, q[x + 10]);
            a10 = x10.fma(ka, a10);
            b10 = x10.fma(kb, b10);
            var x11 = FloatVector.broadcast(FLOATS, q[x + 11]);
            a11 = x11.fma(ka, a11);
            b11 = x11.fma(kb, b11);
        }
        a0.intoArray(scores, scoresAt);
        b0.intoArray(scores, scoresAt + LANES);
        a1.intoArray(scores, scoresAt + TILE);
        b1.intoArray(scores, scoresAt + TILE + LANES);
        a2.intoArray(scores, scoresAt + 2 * TILE);
        b2.intoArray(scores, scoresAt + 2 * TILE + LANES);
        a3.intoArray(scores, scoresAt + 3 * TILE);
        b3.intoArray(scores, scoresAt + 3 * TILE + LANES);
        a4.intoArray(scores, scoresAt + 4 * TILE);
        b4.intoArray(scores, scoresAt + 4 * TILE + LANES);
        a5.intoArray(scores, scoresAt + 5 * TILE);
        b5.intoArray(scores, scoresAt + 5 * TILE + LANES);
        a6.intoArray(scores, scoresAt + 6 * TILE);
        b6.intoArray(scores, scoresAt + 6 * TILE + LANES);
        a7.intoArray(scores, scoresAt + 7 * TILE);
        b7.intoArray(scores, scoresAt + 7 * TILE + LANES);
        a8.intoArray(scores, scoresAt + 8 * TILE);
        b8.intoArray(scores, scoresAt + 8 * TILE + LANES);
        a9.intoArray(scores, scoresAt + 9 * TILE);
        b9.intoArray(scores, scoresAt + 9 * TILE + LANES);
        a10.intoArray(scores, scoresAt + 10 * TILE);
        b10.intoArray(scores, scoresAt + 10 * TILE + LANES);
        a11.intoArray(scores, scoresAt + 11 * TILE);
        b11.intoArray(scores, scoresAt + 11 * TILE + LANES);
    }

    private static void values12(
            int tokens, float[] p, float[] values, int valuesAt, int stride, float[] out, int outAt) {
        var a0 = FloatVector.fromArray(FLOATS, out, outAt);
        var b0 = FloatVector.fromArray(FLOATS, out, outAt + LANES);
        var a1 = FloatVector.fromArray(FLOATS, out, outAt + stride);
        var b1 = FloatVector.fromArray(FLOATS, out, outAt + stride + LANES);
        var a2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * stride);
        var b2 = FloatVector.fromArray(FLOATS, out, outAt + 2 * stride + LANES);
        var a3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * stride);
        var b3 = FloatVector.fromArray(FLOATS, out, outAt + 3 * stride + LANES);
        var a4 = FloatVector.fromArray(FLOATS, out, outAt + 4 * stride);
        var b4 = FloatVector.fromArray(FLOATS, out, outAt + 4 * stride + LANES);
        var a5 = FloatVector.fromArray(FLOATS, out, outAt + 5 * stride);
        var b5 = FloatVector.fromArray(FLOATS, out, outAt + 5 * stride + LANES);
        var a6 = FloatVector.fromArray(FLOATS, out, outAt + 6 * stride);
        var b6 = FloatVector.fromArray(FLOATS, out, outAt + 6 * stride + LANES);
        var a7 = FloatVector.fromArray(FLOATS, out, outAt + 7 * stride);
        var b7 = FloatVector.fromArray(FLOATS, out, outAt + 7 * stride + LANES);
        var a8 = FloatVector.fromArray(FLOATS, out, outAt + 8 * stride);
        var b8 = FloatVector.fromArray(FLOATS, out, outAt + 8 * stride + LANES);
        var a9 = FloatVector.fromArray(FLOATS, out, outAt + 9 * stride);
        var b9 = FloatVector.fromArray(FLOATS, out, outAt + 9 * stride + LANES);
        var a10 = FloatVector.fromArray(FLOATS, out, outAt + 10 * stride);
        var b10 = FloatVector.fromArray(FLOATS, out, outAt + 10 * stride + LANES);
        var a11 = FloatVector.fromArray(FLOATS, out, outAt + 11 * stride);
        var b11 = FloatVector.fromArray(FLOATS, out, outAt + 11 * stride + LANES);
        for (int t = 0, v = valuesAt; t < tokens; t++, v += stride) {
            var va = FloatVector.fromArray(FLOATS, values, v);
            var vb = FloatVector.fromArray(FLOATS, values, v + LANES);
            var x0 = FloatVector.broadcast(FLOATS, p[t]);
            a0 = x0.fma(va, a0);
            b0 = x0.fma(vb, b0);
            var x1 = FloatVector.broadcast(FLOATS, p[t + TILE]);
            a1 = x1.fma(va, a1);
            b1 = x1.fma(vb, b1);
            var x2 = FloatVector.broadcast(FLOATS, p[t + 2 * TILE]);
            a2 = x2.fma(va, a2);
            b2 = x2.fma(vb, b2);
            var x3 = FloatVector.broadcast(FLOATS, p[t + 3 * TILE]);
            a3 = x3.fma(va, a3);
            b3 = x3.fma(vb, b3);
            var x4 = FloatVector.broadcast(FLOATS, p[t + 4 * TILE]);
            a4 = x4.fma(va, a4);
            b4 = x4.fma(vb, b4);
            var x5 = FloatVector.broadcast(FLOATS, p[t + 5 * TILE]);
            a5 = x5.fma(va, a5);
            b5 = x5.fma(vb, b5);
            var x6 = FloatVector.broadcast(FLOATS, p[t + 6 * TILE]);
            a6 = x6.fma(va, a6);
            b6 = x6.fma(vb, b6);
            var x7 = FloatVector.broadcast(FLOATS, p[t + 7 * TILE]);
            a7 = x7.fma(va, a7);
            b7 = x7.fma(vb, b7);
            var x8 = FloatVector.broadcast(FLOATS, p[t + 8 * TILE]);
            a8 = x8.fma(va, a8);
            b8 = x8.fma(vb, b8);
            var x9 = FloatVector.broadcast(FLOATS, p[t + 9 * TILE]);
            a9 = x9.fma(va, a9);
            b9 = x9.fma(vb, b9);
            var x10 = FloatVector.broadcast(FLOATS, p[t + 10 * TILE]);
            a10 = x10.fma(va, a10);
            b10 = x10.fma(vb, b10);
            var x11 = FloatVector.broadcast(FLOATS, p[t + 11 * TILE]);
            a11 = x11.fma(va, a11);
            b11 = x11.fma(vb, b11);
        }
        a0.intoArray(out, outAt);
        b0.intoArray(out, outAt + LANES);
        a1.intoArray(out, outAt + stride);
        b1.intoArray(out, outAt + stride + LANES);
        a2.intoArray(out, outAt + 2 * stride);
        b2.intoArray(out, outAt + 2 * stride + LANES);
        a3.intoArray(out, outAt + 3 * stride);
        b3.intoArray(out, outAt + 3 * stride + LANES);
        a4.intoArray(out, outAt + 4 * stride);
        b4.intoArray(out, outAt + 4 * stride + LANES);
        a5.intoArray(out, outAt + 5 * stride);
        b5.intoArray(out, outAt + 5 * stride + LANES);
        a6.intoArray(out, outAt + 6 * stride);
        b6.intoArray(out, outAt + 6 * stride + LANES);
        a7.intoArray(out, outAt + 7 * stride);
        b7.intoArray(out, outAt + 7 * stride + LANES);
        a8.intoArray(out, outAt + 8 * stride);
        b8.intoArray(out, outAt + 8 * stride + LANES);
        a9.intoArray(out, outAt + 9 * stride);
        b9.intoArray(out, outAt + 9 * stride + LANES);
        a10.intoArray(out, outAt + 10 * stride);
        b10.intoArray(out, outAt + 10 * stride + LANES);
        a11.intoArray(out, outAt + 11 * stride);
        b11.intoArray(out, outAt + 11 * stride + LANES);
    }
}
