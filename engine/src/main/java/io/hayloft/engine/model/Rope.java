package io.hayloft.engine.model;

import io.hayloft.formats.config.RopeConfig;
import io.hayloft.kernels.VectorOps;
import java.util.LinkedHashMap;

/**
 * Rotary position embedding (arXiv 2104.09864), half-split form: channel i of a head rotates with channel i + pairs
 * by the angle position · frequency(i).
 *
 * <p>Cosines and sines come from tables that grow with the positions seen. Angles are single-precision products, as in
 * the implementations that models were trained with: at position 20,000 exact ones would differ in the fourth digit.
 */
final class Rope {
    private static final int FIRST_POSITIONS = 1024;

    /** Tables kept; beyond, the one that was not used for longest goes. */
    private static final int MAX_TABLES = 8;

    private final RopeConfig config;
    private final int pairs;
    private final LinkedHashMap<Integer, Table> tables =
            new LinkedHashMap<>(); // by frequencies, most recently used last

    Rope(RopeConfig config) {
        this.config = config;
        this.pairs = config.rotaryDims() / 2;
    }

    /** Cosine and sine, each [positions][pairs]. */
    record Table(int positions, int pairs, float[] cos, float[] sin) {
        /** Rotates the heads of one row, x [heads][headDim] from {@code at}, in place. */
        void rotate(float[] x, int at, int heads, int headDim, int position) {
            for (int head = 0; head < heads; head++) {
                VectorOps.rotate(x, at + head * headDim, cos, sin, position * pairs, pairs);
            }
        }

        /** Undoes the rotation of a head, x from {@code at} on, in place. */
        void undo(float[] x, int at, int position) {
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
    }

    /**
     * A table with at least this many positions. Tables of several prompt lengths are kept, so that sequences may alternate.
     *
     * @param promptLength length by which some scalings choose frequencies; the same for all tokens of a sequence
     */
    Table table(int positions, int promptLength) {
        int frequencies = frequencies(promptLength);
        var table = tables.remove(frequencies);
        if (table == null || positions > table.positions) {
            int room = table == null ? FIRST_POSITIONS : 2 * Math.min(table.positions, 1 << 29);
            table = build(promptLength, Math.max(positions, room));
        }
        tables.put(frequencies, table);
        if (tables.size() > MAX_TABLES) {
            tables.pollFirstEntry();
        }
        return table;
    }

    /** Equal numbers for prompt lengths with equal frequencies. */
    private int frequencies(int promptLength) {
        return switch (config.scaling()) {
            case RopeConfig.LongRope rope -> promptLength > rope.originalLength() ? 1 : 0;
            case RopeConfig.Dynamic rope -> Math.max(0, promptLength - rope.originalLength());
            default -> 0;
        };
    }

    private Table build(int promptLength, int positions) {
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
        return new Table(positions, pairs, cos, sin);
    }
}
