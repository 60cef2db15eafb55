package io.hayloft.kv.cache;

import java.util.Arrays;

/**
 * What the kernels of one thread work in: the queries of one KV head, prepared once for all blocks, and arrays that grow
 * to what is asked for and are reused.
 */
public final class BlockScratch {
    private int heads;
    private int channels;
    private float[] queries = {};
    private float[] lifted = {};
    private float[] padded = {};
    private float[] groupSums = {};
    private boolean haveSums;
    private float[] factors = {};
    private float[] scales = {};
    private float[] sums = {};

    /**
     * Prepares queries, for the blocks of any codec.
     *
     * @param q the query heads of one KV head [heads][channels], beginning at {@code at}
     * @param scale factor of all scores
     */
    public void setQueries(float[] q, int at, int heads, int channels, float scale) {
        this.heads = heads;
        this.channels = channels;
        haveSums = false;
        int size = heads * channels;
        queries = grown(queries, size);
        lifted = grown(lifted, size);
        for (int i = 0; i < size; i++) {
            queries[i] = q[at + i] * scale;
        }
        for (int i = 0; i < size; i++) {
            lifted[i] = queries[i] * F16Rows.FACTOR;
        }
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

    /** Their sums over 32 channels at a time [groups][heads]. */
    float[] groupSums() {
        if (!haveSums) {
            groupSums = grown(groupSums, CodecSizes.groups(channels, CodecSizes.Q8_GROUP) * heads);
            Arrays.fill(groupSums, 0);
            for (int head = 0; head < heads; head++) {
                for (int c = 0; c < channels; c++) {
                    groupSums[c / CodecSizes.Q8_GROUP * heads + head] += queries[head * channels + c];
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

    /** Scales and minima of a block as 32-bit floats. */
    float[] scales(int size) {
        scales = grown(scales, size);
        return scales;
    }

    /** Sums of a block before they are scaled. */
    float[] sums(int size) {
        sums = grown(sums, size);
        return sums;
    }

    private static float[] grown(float[] array, int size) {
        return array.length < size ? new float[size] : array;
    }
}
