package io.hayloft.engine.model;

import io.hayloft.formats.config.RopeConfig;
import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;

/**
 * Rotary position embedding (arXiv 2104.09864), half-split form: channel i of a head turns with channel i + pairs by
 * the angle position · frequency(i).
 *
 * <p>Cosines and sines come from tables that grow with the positions seen. Angles are single-precision products, as in
 * the implementations that models were trained with: at position 20,000 exact ones would differ in the fourth digit.
 */
final class Rope {
    private static final int FIRST_POSITIONS = 1024;

    private final RopeConfig config;
    private final int pairs;
    private Table table;

    Rope(RopeConfig config) {
        this.config = config;
        this.pairs = config.rotaryDims() / 2;
        this.table = new Table(0, 0, 0, new float[0], new float[0]);
    }

    /**
     * Cosine and sine, each [positions][pairs].
     *
     * @param variant which of its frequencies a scaling uses, for scalings that go by the length of the prompt
     */
    record Table(int variant, int positions, int pairs, float[] cos, float[] sin) {
        /** Turns the heads of one row, x [heads][headDim] from {@code at}, in place. */
        void rotate(float[] x, int at, int heads, int headDim, int position) {
            for (int head = 0; head < heads; head++) {
                rotate(x, at + head * headDim, position * pairs);
            }
        }

        /** Turns a head back to position 0, x from {@code at}, in place. */
        void turnBack(float[] x, int at, int position) {
            float scaling = cos[0]; // the factor of all entries, since the cosine of position 0 is 1
            for (int i = 0; i < pairs; i++) {
                float c = cos[position * pairs + i] / scaling;
                float s = sin[position * pairs + i] / scaling;
                float a = x[at + i];
                float b = x[at + pairs + i];
                x[at + i] = a * c + b * s;
                x[at + pairs + i] = b * c - a * s;
            }
        }

        /** (a, b) becomes (a cos - b sin, b cos + a sin), where b lies {@code pairs} behind a. */
        private void rotate(float[] x, int at, int row) {
            int i = 0;
            for (; i + VectorWidth.LANES <= pairs; i += VectorWidth.LANES) {
                var c = FloatVector.fromArray(VectorWidth.FLOATS, cos, row + i);
                var s = FloatVector.fromArray(VectorWidth.FLOATS, sin, row + i);
                var a = FloatVector.fromArray(VectorWidth.FLOATS, x, at + i);
                var b = FloatVector.fromArray(VectorWidth.FLOATS, x, at + pairs + i);
                a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
                b.mul(c).add(a.mul(s)).intoArray(x, at + pairs + i);
            }
            for (; i < pairs; i++) {
                float a = x[at + i];
                float b = x[at + pairs + i];
                x[at + i] = a * cos[row + i] - b * sin[row + i];
                x[at + pairs + i] = b * cos[row + i] + a * sin[row + i];
            }
        }
    }

    /**
     * A table with at least this many positions.
     *
     * @param promptLength length by which some scalings choose frequencies; the same for all tokens of a sequence
     */
    Table table(int positions, int promptLength) {
        int variant = variant(promptLength);
        if (positions > table.positions || variant != table.variant) {
            int room = variant != table.variant ? FIRST_POSITIONS : 2 * Math.min(table.positions, 1 << 29);
            table = build(variant, promptLength, Math.max(positions, Math.max(room, FIRST_POSITIONS)));
        }
        return table;
    }

    /** Equal numbers for prompt lengths with equal frequencies. */
    private int variant(int promptLength) {
        return switch (config.scaling()) {
            case RopeConfig.LongRope rope -> promptLength > rope.originalLength() ? 1 : 0;
            case RopeConfig.Dynamic rope -> Math.max(0, promptLength - rope.originalLength());
            default -> 0;
        };
    }

    private Table build(int variant, int promptLength, int positions) {
        var frequencies = config.frequencies(promptLength);
        var cos = new float[Math.multiplyExact(positions, pairs)];
        var sin = new float[cos.length];
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < pairs; i++) {
                float angle = frequencies.inverse()[i] * position;
                cos[position * pairs + i] = (float) Math.cos(angle) * frequencies.attentionScaling();
                sin[position * pairs + i] = (float) Math.sin(angle) * frequencies.attentionScaling();
            }
        }
        return new Table(variant, positions, pairs, cos, sin);
    }
}
