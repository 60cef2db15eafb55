package io.hayloft.engine.attention;

import static io.hayloft.engine.attention.TileSoftmax.TILE;

import io.hayloft.engine.cache.HeadCache;
import io.hayloft.engine.kernel.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Column sums of the softmax of one KV head's query rows: keeps the exponentials that attention computes, each relative
 * to the largest score at that time, until the largest score and the sum of its row are known.
 */
final class MassColumns {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    /** Exponentials kept at once: 16 MB. */
    private static final int MAX_KEPT = 1 << 22;

    private int group;
    private int firstTile;
    private int tiles;
    private int queries; // room for query rows, whole vectors
    private float[] kept = {}; // [tiles][queries][128]
    private float[] factors = {}; // [tiles][queries]: what the exponentials are relative to, later what they count
    private float[] columns = {}; // [group][tiles * 128]

    /** Query rows (tokens times group) for which exponentials can be kept, at least one row of the prompt. */
    static int rowsAtOnce(int group, int tokens) {
        int tiles = (tokens + TILE - 1) / TILE + 1;
        return Math.max(1, MAX_KEPT / (tiles * TILE) / group);
    }

    /**
     * Starts a block of rows with sums of 0.
     *
     * @param from number of the first token that a row sees
     * @param to number behind the last one
     */
    void begin(int group, int from, int to) {
        this.group = group;
        firstTile = from / TILE;
        tiles = Math.max(0, (to + TILE - 1) / TILE - firstTile);
        int size = group * tiles * TILE;
        if (columns.length < size) {
            columns = new float[size];
        }
        Arrays.fill(columns, 0, size, 0);
    }

    /** Room for the exponentials of some of the block's rows. */
    void beginRows(int queryRows) {
        int padded = (queryRows + RowTile.ROWS - 1) / RowTile.ROWS * RowTile.ROWS;
        queries = (padded + LANES - 1) / LANES * LANES;
        if (kept.length < tiles * queries * TILE) {
            kept = new float[tiles * queries * TILE];
            factors = new float[tiles * queries];
        }
        Arrays.fill(factors, 0, tiles * queries, TileSoftmax.LOWEST);
    }

    /** Where scores of a row with the tile that begins at this token belong, and become exponentials. */
    int at(int tile, int query) {
        return ((tile / TILE - firstTile) * queries + query) * TILE;
    }

    /** Scores and exponentials, to be written. */
    float[] kept() {
        return kept;
    }

    /** Says what the exponentials of these rows with a tile are relative to. */
    void added(int tile, int query, int count, TileSoftmax softmax) {
        int at = (tile / TILE - firstTile) * queries + query;
        for (int i = 0; i < count; i++) {
            factors[at + i] = softmax.max(query + i);
        }
    }

    /** Adds the rows' probabilities to the sums of their columns, row by row. */
    void addRows(int queryRows, TileSoftmax softmax) {
        for (int tile = 0; tile < tiles; tile++) {
            int at = tile * queries;
            for (int i = 0; i < queryRows; i++) {
                factors[at + i] -= softmax.max(i);
            }
            VectorMath.exp(factors, at, queries, 0);
            for (int i = 0; i < queryRows; i++) {
                factors[at + i] *= softmax.inverseSum(i);
            }
            for (int g = 0; g < group; g++) {
                for (int lane = 0; lane < TILE; lane += 4 * LANES) {
                    addFour(tile, g, lane, queryRows);
                }
            }
        }
    }

    /** Four vectors of columns over all rows of a query head. */
    private void addFour(int tile, int g, int lane, int queryRows) {
        int to = (g * tiles + tile) * TILE + lane;
        var a = FloatVector.fromArray(FLOATS, columns, to);
        var b = FloatVector.fromArray(FLOATS, columns, to + LANES);
        var c = FloatVector.fromArray(FLOATS, columns, to + 2 * LANES);
        var d = FloatVector.fromArray(FLOATS, columns, to + 3 * LANES);
        for (int i = g; i < queryRows; i += group) {
            float factor = factors[tile * queries + i];
            if (factor != 0) { // else the row does not see the tile, and nothing was kept
                int from = (tile * queries + i) * TILE + lane;
                var weight = FloatVector.broadcast(FLOATS, factor);
                a = weight.fma(FloatVector.fromArray(FLOATS, kept, from), a);
                b = weight.fma(FloatVector.fromArray(FLOATS, kept, from + LANES), b);
                c = weight.fma(FloatVector.fromArray(FLOATS, kept, from + 2 * LANES), c);
                d = weight.fma(FloatVector.fromArray(FLOATS, kept, from + 3 * LANES), d);
            }
        }
        a.intoArray(columns, to);
        b.intoArray(columns, to + LANES);
        c.intoArray(columns, to + 2 * LANES);
        d.intoArray(columns, to + 3 * LANES);
    }

    /**
     * Starts the sums of tokens from those in an array.
     *
     * @param sums by position: query head g of the group begins at {@code at + g * stride}
     */
    void load(HeadCache head, int from, int to, float[] sums, int at, int stride) {
        for (int g = 0; g < group; g++) {
            for (int token = from; token < to; token++) {
                columns[index(g, token)] = sums[at + g * stride + head.positionOf(token)];
            }
        }
    }

    /** Writes the sums of tokens to an array, which is described at {@link #load}. */
    void store(HeadCache head, int from, int to, float[] sums, int at, int stride) {
        for (int g = 0; g < group; g++) {
            for (int token = from; token < to; token++) {
                sums[at + g * stride + head.positionOf(token)] = columns[index(g, token)];
            }
        }
    }

    private int index(int g, int token) {
        return (g * tiles - firstTile) * TILE + token;
    }
}
