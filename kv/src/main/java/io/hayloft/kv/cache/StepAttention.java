package io.hayloft.kv.cache;

/** The attention of one decode step over one layer: a probability for each query head and slot of its KV head. */
public final class StepAttention {
    private final int queryHeads;
    private final int kvHeads;
    private final int[] lengths;
    private final int at;
    private final int stride;
    private final float[] probabilities;

    /**
     * Wraps probabilities without copying.
     *
     * @param lengths slots of each KV head
     * @param probabilities [queryHeads][stride], or empty where none were computed
     */
    public StepAttention(int queryHeads, int[] lengths, int stride, float[] probabilities) {
        this(queryHeads, lengths, 0, stride, probabilities);
    }

    /** Wraps probabilities that begin at {@code at}. */
    public StepAttention(int queryHeads, int[] lengths, int at, int stride, float[] probabilities) {
        this.at = at;
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
        return probabilities[at + queryHead * stride + slot];
    }

    /**
     * Adds the mean over the query heads that share a KV head, for each of its slots.
     *
     * @param sums at least {@link #length} long
     */
    public void addGroupMean(int kvHead, float[] sums) {
        int group = queryHeads / kvHeads;
        int length = lengths[kvHead];
        for (int slot = 0; slot < length; slot++) {
            float sum = 0;
            for (int g = 0; g < group; g++) {
                sum += probability(kvHead * group + g, slot);
            }
            sums[slot] += sum / group;
        }
    }
}
