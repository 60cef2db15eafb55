package io.hayloft.kv.attention;

import org.jspecify.annotations.Nullable;

/**
 * Attention that each token received: softmax probabilities summed over query rows, for each query head.
 *
 * <p>Rows are added up in blocks of 128 positions, each block in order and the blocks in order, so that threads can share
 * out the blocks and the sums depend neither on them nor on how a prompt is cut into chunks. Where there are out-of-window
 * tokens, {@link ColumnSumStep} adds the rows to the sums one by one instead: threads share out the tokens there.
 */
public final class AccumulatedAttention {
    /** Rows of a block. Blocks begin at multiples of this position. */
    static final int ROWS = 128;

    private final int queryHeads;
    private final int tokens;
    private final float[] sums;
    private final int maxKept;
    private @Nullable OpenBlock open;

    /**
     * A block that later rows may still join, with what it takes to replace its sums then.
     *
     * @param end position behind its rows so far
     * @param rows their sums
     * @param before what the accumulated attention was without them, in the shape of the rows' sums
     */
    private record OpenBlock(int end, Block rows, float[] before) {}

    /**
     * Sums of the rows of one block, which see no token behind it.
     *
     * @param sums [queryHeads][width], by position
     * @param width positions up to the block's end
     */
    record Block(float[] sums, int width) {}

    /** Zero for all heads and tokens. */
    public AccumulatedAttention(int queryHeads, int tokens) {
        this(queryHeads, new float[Math.multiplyExact(queryHeads, tokens)]);
    }

    /** Adds to sums [queryHeads][tokens] that are in an array already. */
    public AccumulatedAttention(int queryHeads, float[] sums) {
        this(queryHeads, sums, ColumnSums.MAX_KEPT);
    }

    /**
     * Adds to sums that are in an array already.
     *
     * @param maxKept exponentials that a thread keeps at once, about; it changes no sum
     */
    AccumulatedAttention(int queryHeads, float[] sums, int maxKept) {
        this.queryHeads = queryHeads;
        this.tokens = sums.length / queryHeads;
        this.sums = sums;
        this.maxKept = maxKept;
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

    /** Exponentials that a thread keeps at once, about. */
    int maxKept() {
        return maxKept;
    }

    /**
     * Returns room for the sums of the blocks that the next rows belong to. If the first of these blocks has earlier rows,
     * it holds their sums already.
     *
     * @param position position of the first row
     */
    Block[] begin(int position, int count) {
        var blocks = new Block[count];
        for (int i = 0; i < count; i++) {
            if (i == 0 && open != null && open.end == position) {
                blocks[0] = open.rows;
            } else {
                int width = (int) Math.min(tokens, (position / ROWS + i + 1L) * ROWS);
                blocks[i] = new Block(new float[queryHeads * width], width);
            }
        }
        return blocks;
    }

    /**
     * Adds blocks, in which the probabilities of rows have been summed up.
     *
     * @param position position of the first row
     * @param end position behind the last row
     */
    void add(Block[] blocks, int position, int end) {
        if (open != null && open.end == position) {
            for (int head = 0; head < queryHeads; head++) {
                int width = open.rows.width;
                System.arraycopy(open.before, head * width, sums, head * tokens, width);
            }
        }
        open = null;
        for (int i = 0; i < blocks.length; i++) {
            if (i == blocks.length - 1 && end % ROWS != 0 && end < tokens) {
                open = new OpenBlock(end, blocks[i], firstSums(blocks[i].width));
            }
            add(blocks[i]);
        }
    }

    private void add(Block block) {
        for (int head = 0; head < queryHeads; head++) {
            for (int token = 0; token < block.width; token++) {
                sums[head * tokens + token] += block.sums[head * block.width + token];
            }
        }
    }

    /** A copy of each query head's first sums [queryHeads][width]. */
    private float[] firstSums(int width) {
        var copy = new float[queryHeads * width];
        for (int head = 0; head < queryHeads; head++) {
            System.arraycopy(sums, head * tokens, copy, head * width, width);
        }
        return copy;
    }
}
