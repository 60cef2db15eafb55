package io.hayloft.engine.attention;

/** Attention that each token received: softmax probabilities summed over query rows, for each query head. */
public final class AttentionMass {
    private final int queryHeads;
    private final int tokens;
    private final float[] sums;

    /** Zero for all heads and tokens. */
    public AttentionMass(int queryHeads, int tokens) {
        this(queryHeads, new float[Math.multiplyExact(queryHeads, tokens)]);
    }

    /** Adds to sums [queryHeads][tokens] that stand in an array already. */
    public AttentionMass(int queryHeads, float[] sums) {
        this.queryHeads = queryHeads;
        this.tokens = sums.length / queryHeads;
        this.sums = sums;
    }

    /** Number of query heads. */
    public int queryHeads() {
        return queryHeads;
    }

    /** Number of tokens (positions from 0). */
    public int tokens() {
        return tokens;
    }

    /** The sums [queryHeads][tokens], by position; the array itself. */
    public float[] sums() {
        return sums;
    }
}
