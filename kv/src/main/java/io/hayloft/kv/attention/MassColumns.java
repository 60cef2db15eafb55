package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.HeadCache;
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

    /**
     * Exponentials that each thread keeps at once, about: 16 MB. One row of a very long prompt, the rows that fill up the
     * last vector, and room to grow come on top.
     */
    static final int MAX_KEPT = 1 << 22;

    private int group;
    private int firstTile;
    private int tiles;
    private int queries; // room for query rows, whole vectors
    private float[] kept = {}; // [tiles][queries][128]
    private float[] factors = {}; // [tiles][queries]: what the exponentials are relative to, later what they count
    private float[] columns = {}; // [group][tiles * 128]

    /**
     * Rows of the prompt whose exponentials are kept at once, at least one.
     *
     * @param maxKept exponentials, about
     * @param tokens that the rows see
     */
    static int rowsAtOnce(int maxKept, int group, int tokens) {
        int tiles = (tokens + TILE - 1) / TILE + 1;
        return Math.max(1, maxKept / (tiles * TILE) / group);
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
        columns = grown(columns, size);
        Arrays.fill(columns, 0, size, 0);
    }

    /** Room for the exponentials of some of the block's rows. */
    void beginRows(int queryRows) {
        queries = (queryRows + LANES - 1) / LANES * LANES;
        kept = grown(kept, tiles * queries * TILE);
        factors = grown(factors, tiles * queries);
        Arrays.fill(factors, 0, tiles * queries, TileSoftmax.LOWEST);
    }

    /** An array of at least a size, with room for the chunks to come, which see more tokens: half as much, at most 4 MB. */
    private static float[] grown(float[] array, int size) {
        return array.length >= size ? array : new float[size + Math.min(size / 2, MAX_KEPT / 4)];
    }

    /**
     * Keeps the exponentials of a tile of rows with a tile of tokens.
     *
     * @param exponentials [count][128]
     */
    void keep(int tile, int query, int count, float[] exponentials, TileSoftmax softmax) {
        int at = (tile / TILE - firstTile) * queries + query;
        System.arraycopy(exponentials, 0, kept, at * TILE, count * TILE);
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
            for (int i = 0; i < queryRows; i++) {
                if (factors[at + i] != 0) { // else the row does not see the tile, and nothing was kept
                    addRow(factors[at + i], (at + i) * TILE, (i % group * tiles + tile) * TILE);
                }
            }
        }
    }

    /** Rows come in the order in which they lie in memory. */
    private void addRow(float factor, int from, int to) {
        for (int lane = 0; lane < TILE; lane += LANES) {
            FloatVector.fromArray(FLOATS, kept, from + lane)
                    .fma(FloatVector.broadcast(FLOATS, factor), FloatVector.fromArray(FLOATS, columns, to + lane))
                    .intoArray(columns, to + lane);
        }
    }

    /** Starts the sums of tokens from those of a block; tokens behind it start from 0, and no row sees them. */
    void load(HeadCache head, int from, int to, AttentionMass.Block block, int kvHead) {
        for (int g = 0; g < group; g++) {
            int at = (kvHead * group + g) * block.width();
            for (int token = from; token < to; token++) {
                int position = head.positionOf(token);
                if (position < block.width()) {
                    columns[index(g, token)] = block.sums()[at + position];
                }
            }
        }
    }

    /** Writes the sums of tokens to a block, but for tokens behind it. */
    void store(HeadCache head, int from, int to, AttentionMass.Block block, int kvHead) {
        for (int g = 0; g < group; g++) {
            int at = (kvHead * group + g) * block.width();
            for (int token = from; token < to; token++) {
                int position = head.positionOf(token);
                if (position < block.width()) {
                    block.sums()[at + position] = columns[index(g, token)];
                }
            }
        }
    }

    private int index(int g, int token) {
        return (g * tiles - firstTile) * TILE + token;
    }
}
