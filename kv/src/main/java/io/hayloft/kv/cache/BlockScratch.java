package io.hayloft.kv.cache;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one thread's kernels: the queries of one KV head, prepared once for all blocks, and arrays that grow
 * to what is asked for and are reused.
 */
public final class BlockScratch {
    /** Channels of the sums of queries. */
    static final int SUM_CHANNELS = 32;

    private final RowProduct weights = new RowProduct();
    private final RowProduct product = new RowProduct();
    private int heads;
    private int channels;
    private float[] queries = {};
    private float[] lifted = {};
    private boolean liftOverflows;
    private float[] padded = {};
    private float[] groupSums = {};
    private boolean haveSums;
    private float[] factors = {};
    private float[] scales = {};
    private float[] sums = {};
    private float[] part = {};
    private float[] rows = {};

    /**
     * Prepares queries for the blocks of any codec that stores keys as they come.
     *
     * @param q the query heads of one KV head [heads][channels], beginning at {@code at}
     * @param scale factor of all scores
     */
    public void setQueries(float[] q, int at, int heads, int channels, float scale) {
        setQueries(q, at, heads, channels, scale, null);
    }

    /** The same for the blocks of a store of keys, which may want them in another form. */
    void setQueries(float[] q, int at, int heads, int channels, float scale, @Nullable KeyStore keys) {
        this.heads = heads;
        this.channels = channels;
        haveSums = false;
        int size = heads * channels;
        queries = grown(queries, size);
        lifted = grown(lifted, size);
        for (int i = 0; i < size; i++) {
            queries[i] = q[at + i] * scale;
        }
        if (keys != null) {
            keys.prepareQueries(queries, 0, heads);
        }
        liftOverflows = false;
        for (int i = 0; i < size; i++) {
            lifted[i] = queries[i] * F16Rows.FACTOR;
            liftOverflows |= !(Math.abs(lifted[i]) <= Float.MAX_VALUE);
        }
    }

    /**
     * Sets what the next block of values is multiplied with and where the products go.
     *
     * @param p probabilities [heads][pStride], 32 tokens of the block
     * @param out sums [heads][outStride]
     */
    void setWeights(float[] p, int pAt, int pStride, int heads, float[] out, int outAt, int outStride) {
        weights.of(p, pAt, pStride).to(heads, out, outAt, outStride);
    }

    RowProduct weights() {
        return weights;
    }

    /** The arguments of a kernel, set before each call. */
    RowProduct product() {
        return product;
    }

    int heads() {
        return heads;
    }

    /** Queries times the scale [heads][channels]. */
    float[] queries() {
        return queries;
    }

    /** The same, each head's row padded with zeros to this many floats. */
    float[] padded(int rowFloats) {
        if (rowFloats == channels) {
            return queries;
        }
        if (padded.length != heads * rowFloats) {
            padded = new float[heads * rowFloats];
        }
        for (int head = 0; head < heads; head++) {
            System.arraycopy(queries, head * channels, padded, head * rowFloats, channels);
        }
        return padded;
    }

    /** The same, times the factor that 16-bit floats need. */
    float[] lifted() {
        return lifted;
    }

    /** Whether a number of {@link #lifted} is not finite. */
    boolean liftOverflows() {
        return liftOverflows;
    }

    /** Their sums over 32 channels at a time [groups][heads]. */
    float[] groupSums() {
        if (!haveSums) {
            groupSums = grown(groupSums, BlockFormat.groups(channels, SUM_CHANNELS) * heads);
            Arrays.fill(groupSums, 0);
            for (int head = 0; head < heads; head++) {
                for (int c = 0; c < channels; c++) {
                    groupSums[c / SUM_CHANNELS * heads + head] += queries[head * channels + c];
                }
            }
            haveSums = true;
        }
        return groupSums;
    }

    /** Queries or probabilities with a block's scales folded in. */
    float[] factors(int size) {
        factors = grown(factors, size);
        return factors;
    }

    /** Scales and zero points of a block as 32-bit floats. */
    float[] scales(int size) {
        scales = grown(scales, size);
        return scales;
    }

    /** Sums of a block before they are scaled. */
    float[] sums(int size) {
        sums = grown(sums, size);
        return sums;
    }

    /** Probabilities of some of a block's tokens. */
    float[] part(int size) {
        part = grown(part, size);
        return part;
    }

    /** Decoded rows of a block. */
    float[] rows(int size) {
        rows = grown(rows, size);
        return rows;
    }

    private static float[] grown(float[] array, int size) {
        return array.length < size ? new float[size] : array;
    }
}
