package io.hayloft.engine.attention;

/** Attention that each token received: softmax probabilities summed over query rows, for each query head. */
public final class AttentionMass {
    private final int queryHeads;
    private final int tokens;
    private final float[] sums;

    /** Zero for all heads and tokens. */
    public AttentionMass(int queryHeads, int tokens) {
        this.queryHeads = queryHeads;
        this.tokens = tokens;
        this.sums = new float[Math.multiplyExact(queryHeads, tokens)];
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
