package io.hayloft.methods;

import java.util.Arrays;
import java.util.List;

/**
 * The scores of one layer's tokens, and which tokens are kept before them.
 *
 * @param scores {@code [kvHeads][tokens]}, the higher the better; read only
 * @param protections tokens that are kept first, in this order
 * @param tolerance relative distance within which scores are equal
 */
public record LayerScores(float[][] scores, List<Protection> protections, float tolerance) {
    /** Two sums of floats that are equal by mathematics differ by less than this, relative to their size. */
    public static final float ROUNDING = 1e-6f;

    /** Copies the list of protections. */
    public LayerScores {
        protections = List.copyOf(protections);
    }

    /** Number of KV heads. */
    public int heads() {
        return scores.length;
    }

    /** Tokens of each head. */
    public int tokens() {
        return scores[0].length;
    }

    /**
     * The slots that a head keeps, ascending: protected tokens first, then those with the highest scores.
     *
     * <p>Ties: let c be the lowest score that is kept when scores are compared exactly. Scores within {@code tolerance * |c|}
     * of c are equal to it; all above stay, and of the equal ones the newest. So rounding decides nothing, the order of
     * tokens with clearly different scores is never touched, and no chain of almost equal scores is longer than that.
     *
     * @param count number of slots, at most the tokens there are
     */
    public int[] top(int head, int count) {
        var kept = protectedTokens(head, count);
        mark(scores[head], kept, count - count(kept), tolerance);
        return slots(kept, count);
    }

    /**
     * Which tokens of a head are protected.
     *
     * @param budget tokens that the head keeps; no more are protected
     * @return a new array [tokens]
     */
    public boolean[] protectedTokens(int head, int budget) {
        int tokens = scores[head].length;
        var kept = new boolean[tokens];
        int left = budget;
        for (var protection : protections) {
            int wanted = Math.min(protection.tokens(budget), tokens);
            for (int i = 0; i < wanted && left > 0; i++) {
                int slot = protection.newest() ? tokens - 1 - i : i;
                left -= kept[slot] ? 0 : 1;
                kept[slot] = true;
            }
        }
        return kept;
    }

    /**
     * The indices of the highest of some numbers, ascending. Of equal numbers the later one wins.
     *
     * @param count how many, at most as many as there are
     */
    public static int[] highest(float[] numbers, int count) {
        var kept = new boolean[numbers.length];
        mark(numbers, kept, count, 0);
        return slots(kept, count);
    }

    /**
     * Adds the highest of the numbers that are not kept yet to those that are, with ties as {@link #top} has them.
     *
     * @param kept changed
     * @param count how many are added, at most as many as are left
     */
    public static void mark(float[] numbers, boolean[] kept, int count, float tolerance) {
        if (count <= 0) {
            return;
        }
        var order = new long[numbers.length];
        int size = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (!kept[i]) {
                order[size++] = ((long) sortable(numbers[i]) << 32) | i;
            }
        }
        Arrays.sort(order, 0, size);
        float cut = numbers[(int) order[size - count]];
        float slack = Float.isInfinite(cut) ? 0 : Math.abs(cut) * tolerance;
        int left = count;
        for (int at = size - 1; numbers[(int) order[at]] > cut + slack; at--) {
            kept[(int) order[at]] = true;
            left--;
        }
        for (int i = numbers.length - 1; left > 0; i--) {
            if (!kept[i] && numbers[i] >= cut - slack) {
                kept[i] = true;
                left--;
            }
        }
    }

    /** The bits of a float, changed so that they sort as whole numbers; both zeros are one. */
    private static int sortable(float value) {
        int bits = Float.floatToIntBits(value + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private static int count(boolean[] kept) {
        int count = 0;
        for (boolean own : kept) {
            count += own ? 1 : 0;
        }
        return count;
    }

    private static int[] slots(boolean[] kept, int count) {
        var slots = new int[count];
        int found = 0;
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                slots[found++] = i;
            }
        }
        return slots;
    }
}
