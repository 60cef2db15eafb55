package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The attention of one decode step over one layer: a probability for each query head and slot of its KV head. */
public final class StepAttention {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    private final int queryHeads;
    private final int kvHeads;
    private final int[] lengths;
    private final int stride;
    private final float[] probabilities;

    /**
     * Wraps probabilities without copying.
     *
     * @param lengths slots of each KV head
     * @param probabilities [queryHeads][stride], or empty where none were computed
     */
    public StepAttention(int queryHeads, int[] lengths, int stride, float[] probabilities) {
        this.queryHeads = queryHeads;
        this.kvHeads = lengths.length;
        this.lengths = lengths;
        this.stride = stride;
        this.probabilities = probabilities;
    }

    /** Number of query heads. */
    public int queryHeads() {
        return queryHeads;
    }

    /** Number of KV heads. */
    public int kvHeads() {
        return kvHeads;
    }

    /** Slots that a KV head held during the step, the new token included. */
    public int length(int kvHead) {
        return lengths[kvHead];
    }

    /** Whether probabilities were computed. */
    public boolean hasProbabilities() {
        return probabilities.length > 0;
    }

    /** Softmax probability of a slot; 0 for slots outside a sliding window. */
    public float probability(int queryHead, int slot) {
        return probabilities[queryHead * stride + slot];
    }

    /**
     * Adds the mean over the query heads that share a KV head, for each of its slots.
     *
     * @param sums at least {@link #length} long
     */
    public void addGroupMean(int kvHead, float[] sums) {
        int group = queryHeads / kvHeads;
        int length = lengths[kvHead];
        int first = kvHead * group * stride;
        int slot = 0;
        for (; slot <= length - LANES; slot += LANES) {
            var sum = FloatVector.zero(FLOATS);
            for (int g = 0; g < group; g++) {
                sum = sum.add(FloatVector.fromArray(FLOATS, probabilities, first + g * stride + slot));
            }
            sum.div(group).add(FloatVector.fromArray(FLOATS, sums, slot)).intoArray(sums, slot);
        }
        for (; slot < length; slot++) {
            float sum = 0;
            for (int g = 0; g < group; g++) {
                sum += probabilities[first + g * stride + slot];
            }
            sums[slot] += sum / group;
        }
    }
}
