package io.hayloft.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The recurrence that the scans of Mamba-1 and Mamba-2 share, for neighbouring channels and a block of tokens:
 * {@code h[n] = h[n] decay + b[n] u}, {@code y = y + c[n] h[n]}, n ascending, token by token. Eight numbers of a channel's
 * state stay in registers from the first token of the block to the last.
 *
 * <p>The order of the arithmetic is that of single tokens, so that results do not depend on where blocks and chunks begin.
 */
final class StateStep {
    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final int L = VectorWidth.LANES;

    /** Numbers of the state of a channel that are held at once. */
    static final int HELD = 8;

    /** Vectors of this many channels go in pairs. */
    static final int PAIRED = 16;

    /** Channels whose decays lie side by side: a multiple of every vector width. */
    static final int NEIGHBOURS = 16;

    private StateStep() {}

    /**
     * The tokens of a block: {@code B} and {@code C} of token t lie from {@code bAt + t * stride} and {@code cAt + t * stride} on.
     *
     * @param inputAt where u {@code [tokens][width]} begins in {@code block}
     * @param resultAt where y {@code [tokens][width]} begins in {@code block}
     */
    record Tokens(
            int count,
            float[] parameters,
            int bAt,
            int cAt,
            int stride,
            float[] block,
            int inputAt,
            int resultAt,
            int width) {}

    /**
     * Runs a vector of channels through the block for eight numbers of their states, where each has a decay of its own.
     *
     * @param stateAt of the first of them; the others follow {@code stateStride} apart
     * @param n index of the first of them
     * @param c first channel in the block
     * @param decayAt where the block's array has the decays {@code [tokens][stateSize][NEIGHBOURS]} of the first of them
     * @param decayStride how far apart decays of tokens lie
     */
    static void eight(
            float[] state, int stateAt, int stateStride, Tokens x, int n, int c, int decayAt, int decayStride) {
        var h0 = FloatVector.fromArray(F, state, stateAt);
        var h1 = FloatVector.fromArray(F, state, stateAt + stateStride);
        var h2 = FloatVector.fromArray(F, state, stateAt + 2 * stateStride);
        var h3 = FloatVector.fromArray(F, state, stateAt + 3 * stateStride);
        var h4 = FloatVector.fromArray(F, state, stateAt + 4 * stateStride);
        var h5 = FloatVector.fromArray(F, state, stateAt + 5 * stateStride);
        var h6 = FloatVector.fromArray(F, state, stateAt + 6 * stateStride);
        var h7 = FloatVector.fromArray(F, state, stateAt + 7 * stateStride);
        var p = x.parameters;
        var block = x.block;
        int width = x.width;
        for (int t = 0; t < x.count; t++) {
            int b = x.bAt + t * x.stride + n;
            int q = x.cAt + t * x.stride + n;
            int d = decayAt + t * decayStride;
            var u = FloatVector.fromArray(F, block, x.inputAt + t * width + c);
            var y = FloatVector.fromArray(F, block, x.resultAt + t * width + c);
            h0 = h0.fma(FloatVector.fromArray(F, block, d), u.mul(p[b]));
            h1 = h1.fma(FloatVector.fromArray(F, block, d + NEIGHBOURS), u.mul(p[b + 1]));
            h2 = h2.fma(FloatVector.fromArray(F, block, d + 2 * NEIGHBOURS), u.mul(p[b + 2]));
            h3 = h3.fma(FloatVector.fromArray(F, block, d + 3 * NEIGHBOURS), u.mul(p[b + 3]));
            h4 = h4.fma(FloatVector.fromArray(F, block, d + 4 * NEIGHBOURS), u.mul(p[b + 4]));
            h5 = h5.fma(FloatVector.fromArray(F, block, d + 5 * NEIGHBOURS), u.mul(p[b + 5]));
            h6 = h6.fma(FloatVector.fromArray(F, block, d + 6 * NEIGHBOURS), u.mul(p[b + 6]));
            h7 = h7.fma(FloatVector.fromArray(F, block, d + 7 * NEIGHBOURS), u.mul(p[b + 7]));
            y = h0.fma(h0.broadcast(p[q]), y);
            y = h1.fma(h1.broadcast(p[q + 1]), y);
            y = h2.fma(h2.broadcast(p[q + 2]), y);
            y = h3.fma(h3.broadcast(p[q + 3]), y);
            y = h4.fma(h4.broadcast(p[q + 4]), y);
            y = h5.fma(h5.broadcast(p[q + 5]), y);
            y = h6.fma(h6.broadcast(p[q + 6]), y);
            y = h7.fma(h7.broadcast(p[q + 7]), y);
            y.intoArray(block, x.resultAt + t * width + c);
        }
        h0.intoArray(state, stateAt);
        h1.intoArray(state, stateAt + stateStride);
        h2.intoArray(state, stateAt + 2 * stateStride);
        h3.intoArray(state, stateAt + 3 * stateStride);
        h4.intoArray(state, stateAt + 4 * stateStride);
        h5.intoArray(state, stateAt + 5 * stateStride);
        h6.intoArray(state, stateAt + 6 * stateStride);
        h7.intoArray(state, stateAt + 7 * stateStride);
    }

    /**
     * The same where a token has one decay for the whole head.
     *
     * @param decayAt {@code [tokens]} of the block's array begins there
     */
    static void eight(float[] state, int stateAt, int stateStride, Tokens x, int n, int c, int decayAt) {
        var h0 = FloatVector.fromArray(F, state, stateAt);
        var h1 = FloatVector.fromArray(F, state, stateAt + stateStride);
        var h2 = FloatVector.fromArray(F, state, stateAt + 2 * stateStride);
        var h3 = FloatVector.fromArray(F, state, stateAt + 3 * stateStride);
        var h4 = FloatVector.fromArray(F, state, stateAt + 4 * stateStride);
        var h5 = FloatVector.fromArray(F, state, stateAt + 5 * stateStride);
        var h6 = FloatVector.fromArray(F, state, stateAt + 6 * stateStride);
        var h7 = FloatVector.fromArray(F, state, stateAt + 7 * stateStride);
        var p = x.parameters;
        var block = x.block;
        int width = x.width;
        for (int t = 0; t < x.count; t++) {
            int b = x.bAt + t * x.stride + n;
            int q = x.cAt + t * x.stride + n;
            var u = FloatVector.fromArray(F, block, x.inputAt + t * width + c);
            var y = FloatVector.fromArray(F, block, x.resultAt + t * width + c);
            var a = u.broadcast(block[decayAt + t]);
            h0 = h0.fma(a, u.mul(p[b]));
            h1 = h1.fma(a, u.mul(p[b + 1]));
            h2 = h2.fma(a, u.mul(p[b + 2]));
            h3 = h3.fma(a, u.mul(p[b + 3]));
            h4 = h4.fma(a, u.mul(p[b + 4]));
            h5 = h5.fma(a, u.mul(p[b + 5]));
            h6 = h6.fma(a, u.mul(p[b + 6]));
            h7 = h7.fma(a, u.mul(p[b + 7]));
            y = h0.fma(h0.broadcast(p[q]), y);
            y = h1.fma(h1.broadcast(p[q + 1]), y);
            y = h2.fma(h2.broadcast(p[q + 2]), y);
            y = h3.fma(h3.broadcast(p[q + 3]), y);
            y = h4.fma(h4.broadcast(p[q + 4]), y);
            y = h5.fma(h5.broadcast(p[q + 5]), y);
            y = h6.fma(h6.broadcast(p[q + 6]), y);
            y = h7.fma(h7.broadcast(p[q + 7]), y);
            y.intoArray(block, x.resultAt + t * width + c);
        }
        h0.intoArray(state, stateAt);
        h1.intoArray(state, stateAt + stateStride);
        h2.intoArray(state, stateAt + 2 * stateStride);
        h3.intoArray(state, stateAt + 3 * stateStride);
        h4.intoArray(state, stateAt + 4 * stateStride);
        h5.intoArray(state, stateAt + 5 * stateStride);
        h6.intoArray(state, stateAt + 6 * stateStride);
        h7.intoArray(state, stateAt + 7 * stateStride);
    }

    /**
     * The same for two neighbouring vectors of channels: they share what is read of B and C, and their sums do not wait for
     * each other. Only with 512-bit vectors, which come with registers enough for both.
     */
    static void pair(float[] state, int stateAt, int stateStride, Tokens x, int n, int c, int decayAt) {
        var g0 = FloatVector.fromArray(F, state, stateAt);
        var g1 = FloatVector.fromArray(F, state, stateAt + stateStride);
        var g2 = FloatVector.fromArray(F, state, stateAt + 2 * stateStride);
        var g3 = FloatVector.fromArray(F, state, stateAt + 3 * stateStride);
        var g4 = FloatVector.fromArray(F, state, stateAt + 4 * stateStride);
        var g5 = FloatVector.fromArray(F, state, stateAt + 5 * stateStride);
        var g6 = FloatVector.fromArray(F, state, stateAt + 6 * stateStride);
        var g7 = FloatVector.fromArray(F, state, stateAt + 7 * stateStride);
        var h0 = FloatVector.fromArray(F, state, stateAt + L);
        var h1 = FloatVector.fromArray(F, state, stateAt + stateStride + L);
        var h2 = FloatVector.fromArray(F, state, stateAt + 2 * stateStride + L);
        var h3 = FloatVector.fromArray(F, state, stateAt + 3 * stateStride + L);
        var h4 = FloatVector.fromArray(F, state, stateAt + 4 * stateStride + L);
        var h5 = FloatVector.fromArray(F, state, stateAt + 5 * stateStride + L);
        var h6 = FloatVector.fromArray(F, state, stateAt + 6 * stateStride + L);
        var h7 = FloatVector.fromArray(F, state, stateAt + 7 * stateStride + L);
        var p = x.parameters;
        var block = x.block;
        for (int t = 0; t < x.count; t++) {
            int b = x.bAt + t * x.stride + n;
            int q = x.cAt + t * x.stride + n;
            int at = t * x.width + c;
            var u = FloatVector.fromArray(F, block, x.inputAt + at);
            var v = FloatVector.fromArray(F, block, x.inputAt + at + L);
            var y = FloatVector.fromArray(F, block, x.resultAt + at);
            var z = FloatVector.fromArray(F, block, x.resultAt + at + L);
            var a = u.broadcast(block[decayAt + t]);
            var b0 = u.broadcast(p[b]);
            g0 = g0.fma(a, u.mul(b0));
            h0 = h0.fma(a, v.mul(b0));
            var b1 = u.broadcast(p[b + 1]);
            g1 = g1.fma(a, u.mul(b1));
            h1 = h1.fma(a, v.mul(b1));
            var b2 = u.broadcast(p[b + 2]);
            g2 = g2.fma(a, u.mul(b2));
            h2 = h2.fma(a, v.mul(b2));
            var b3 = u.broadcast(p[b + 3]);
            g3 = g3.fma(a, u.mul(b3));
            h3 = h3.fma(a, v.mul(b3));
            var b4 = u.broadcast(p[b + 4]);
            g4 = g4.fma(a, u.mul(b4));
            h4 = h4.fma(a, v.mul(b4));
            var b5 = u.broadcast(p[b + 5]);
            g5 = g5.fma(a, u.mul(b5));
            h5 = h5.fma(a, v.mul(b5));
            var b6 = u.broadcast(p[b + 6]);
            g6 = g6.fma(a, u.mul(b6));
            h6 = h6.fma(a, v.mul(b6));
            var b7 = u.broadcast(p[b + 7]);
            g7 = g7.fma(a, u.mul(b7));
            h7 = h7.fma(a, v.mul(b7));
            var c0 = u.broadcast(p[q]);
            y = g0.fma(c0, y);
            z = h0.fma(c0, z);
            var c1 = u.broadcast(p[q + 1]);
            y = g1.fma(c1, y);
            z = h1.fma(c1, z);
            var c2 = u.broadcast(p[q + 2]);
            y = g2.fma(c2, y);
            z = h2.fma(c2, z);
            var c3 = u.broadcast(p[q + 3]);
            y = g3.fma(c3, y);
            z = h3.fma(c3, z);
            var c4 = u.broadcast(p[q + 4]);
            y = g4.fma(c4, y);
            z = h4.fma(c4, z);
            var c5 = u.broadcast(p[q + 5]);
            y = g5.fma(c5, y);
            z = h5.fma(c5, z);
            var c6 = u.broadcast(p[q + 6]);
            y = g6.fma(c6, y);
            z = h6.fma(c6, z);
            var c7 = u.broadcast(p[q + 7]);
            y = g7.fma(c7, y);
            z = h7.fma(c7, z);
            y.intoArray(block, x.resultAt + at);
            z.intoArray(block, x.resultAt + at + L);
        }
        g0.intoArray(state, stateAt);
        g1.intoArray(state, stateAt + stateStride);
        g2.intoArray(state, stateAt + 2 * stateStride);
        g3.intoArray(state, stateAt + 3 * stateStride);
        g4.intoArray(state, stateAt + 4 * stateStride);
        g5.intoArray(state, stateAt + 5 * stateStride);
        g6.intoArray(state, stateAt + 6 * stateStride);
        g7.intoArray(state, stateAt + 7 * stateStride);
        h0.intoArray(state, stateAt + L);
        h1.intoArray(state, stateAt + stateStride + L);
        h2.intoArray(state, stateAt + 2 * stateStride + L);
        h3.intoArray(state, stateAt + 3 * stateStride + L);
        h4.intoArray(state, stateAt + 4 * stateStride + L);
        h5.intoArray(state, stateAt + 5 * stateStride + L);
        h6.intoArray(state, stateAt + 6 * stateStride + L);
        h7.intoArray(state, stateAt + 7 * stateStride + L);
    }

    /**
     * The same for one number of the state of one channel, to the bit.
     *
     * @param decayAt of the first token; those of the others follow {@code decayStride} apart
     */
    static void one(float[] state, int at, Tokens x, int n, int c, int decayAt, int decayStride) {
        float h = state[at];
        for (int t = 0; t < x.count; t++) {
            float u = x.block[x.inputAt + t * x.width + c] * x.parameters[x.bAt + t * x.stride + n];
            h = Math.fma(h, x.block[decayAt + t * decayStride], u);
            int y = x.resultAt + t * x.width + c;
            x.block[y] = Math.fma(h, x.parameters[x.cAt + t * x.stride + n], x.block[y]);
        }
        state[at] = h;
    }
}
