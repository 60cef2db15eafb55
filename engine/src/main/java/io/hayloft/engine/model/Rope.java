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
 *
 * <p>Two scalings choose frequencies by a sequence's length. LongRoPE goes by the prompt, so that all keys of a sequence
 * agree. Dynamic scaling goes by the length so far, as in transformers: a prompt rotates by its whole length, and each
 * token that is decoded beyond the original length by its own position; keys in the cache stay as they were rotated.
 */
final class Rope {
    private static final int FIRST_POSITIONS = 1024;

    /** Tables kept; beyond, the one that was not used for longest goes. */
    private static final int MAX_TABLES = 8;

    /** Single positions kept: those of the sequences that decode together. */
    private static final int MAX_DECODED = 64;

    private final RopeConfig config;
    private final int pairs;
    private final LinkedHashMap<Integer, Table> tables =
            new LinkedHashMap<>(); // by frequencies, most recently used last
    private final LinkedHashMap<Integer, Table> decoded = new LinkedHashMap<>(); // by position, oldest first

    Rope(RopeConfig config) {
        this.config = config;
        this.pairs = config.rotaryDims() / 2;
    }

    /**
     * Cosine and sine, each [positions][pairs].
     *
     * @param scaling factor on all entries
     */
    record Table(int positions, int pairs, float[] cos, float[] sin, float scaling) {
        /** Rotates the heads of one row, x [heads][headDim] from {@code at}, in place. */
        void rotate(float[] x, int at, int heads, int headDim, int position) {
            for (int head = 0; head < heads; head++) {
                VectorOps.rotate(x, at + head * headDim, cos, sin, position * pairs, pairs);
            }
        }

        /** Undoes the rotation of a head, x from {@code at} on, in place. */
        void undo(float[] x, int at, int position) {
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
            table = build(promptLength, 0, Math.max(positions, room));
        }
        tables.put(frequencies, table);
        if (tables.size() > MAX_TABLES) {
            tables.pollFirstEntry();
        }
        return table;
    }

    /** Whether some positions may have frequencies of their own. */
    boolean mayFollowLength() {
        return config.scaling() instanceof RopeConfig.Dynamic;
    }

    /** Whether a position has frequencies of its own: one that was decoded, where scaling follows the length. */
    boolean followsLength(int position, int promptLength) {
        return position >= promptLength
                && config.scaling() instanceof RopeConfig.Dynamic dynamic
                && position >= dynamic.originalLength();
    }

    /** One position of a sequence of this length in all, as a table that has it as position 0. */
    Table single(int position, int length) {
        return build(length, position, position + 1);
    }

    /**
     * The table of a token that is decoded, whose position is the last of its sequence. It is kept for the layers that
     * follow and for other sequences of the same length.
     */
    Table decoded(int position) {
        var table = decoded.get(position);
        if (table == null) {
            table = single(position, position + 1);
            decoded.put(position, table);
            if (decoded.size() > MAX_DECODED) {
                decoded.pollFirstEntry();
            }
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

    /** A table of positions {@code from .. to-1}. */
    private Table build(int length, int from, int to) {
        var frequencies = config.frequencies(length);
        float scaling = frequencies.attentionScaling();
        int positions = to - from;
        var cos = new float[Math.multiplyExact(positions, pairs)];
        var sin = new float[cos.length];
        for (int row = 0; row < positions; row++) {
            for (int i = 0; i < pairs; i++) {
                float angle = frequencies.inverse()[i] * (from + row);
                cos[row * pairs + i] = (float) Math.cos(angle) * scaling;
                sin[row * pairs + i] = (float) Math.sin(angle) * scaling;
            }
        }
        return new Table(positions, pairs, cos, sin, scaling);
    }
}
