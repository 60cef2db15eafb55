package io.hayloft.engine.attention;

/**
 * Attention that each token received: softmax probabilities summed over query rows, for each query head.
 *
 * <p>Rows are added up in blocks of 128 positions, each block in order and the blocks in order, so that threads can share
 * out the blocks and the sums depend neither on them nor on how a prompt is cut into chunks.
 */
public final class AttentionMass {
    /** Rows of a block. Blocks begin at multiples of this position. */
    static final int ROWS = 128;

    private static final float[] NONE = {};

    private final int queryHeads;
    private final int tokens;
    private final float[] sums;
    private float[] closed = NONE; // sums without the open block, if there is one
    private float[] open = NONE; // of the rows so far of a block of which more may come
    private int openEnd = -1; // position behind these rows

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

    /**
     * Room for the sums of the blocks that the next rows belong to, each [queryHeads][tokens]; what the first one's
     * earlier rows gave stands in it already.
     *
     * @param position of the first row
     */
    float[][] begin(int position, int count) {
        var blocks = new float[count][];
        for (int block = 0; block < count; block++) {
            blocks[block] = block == 0 && position == openEnd ? open : new float[sums.length];
        }
        return blocks;
    }

    /**
     * Adds blocks, in which the probabilities of rows have been summed up.
     *
     * @param position of the first row
     * @param end position behind the last row
     */
    void add(float[][] blocks, int position, int end) {
        if (position == openEnd) {
            System.arraycopy(closed, 0, sums, 0, sums.length);
        }
        for (int block = 0; block < blocks.length; block++) {
            if (block == blocks.length - 1 && end % ROWS != 0) {
                closed = sums.clone();
                open = blocks[block];
                openEnd = end;
            }
            for (int i = 0; i < sums.length; i++) {
                sums[i] += blocks[block][i];
            }
        }
    }
}
