package io.hayloft.engine.attention;

import io.hayloft.engine.cache.HeadCache;
import java.util.Arrays;

/** Which tokens of a tile a query sees: those with positions from low to high. */
final class Visibility {
    private Visibility() {}

    /** The lowest position that a query at this one sees. */
    static int low(AttentionShape shape, int position) {
        return shape.window() == 0 ? 0 : Math.max(0, position - shape.window() + 1);
    }

    /**
     * Sets the scores of hidden tokens to negative infinity.
     *
     * @param tile number of the tile's first token, a multiple of 128
     * @param scores 128 of them
     */
    static void hide(HeadCache head, int tile, int low, int high, float[] scores, int at) {
        int from = Math.max(head.begin(), tile);
        int to = Math.min(head.end(), tile + TileSoftmax.TILE);
        if (head.consecutive()) {
            int zero = head.begin() - head.positionOf(head.begin());
            from = Math.max(from, low + zero);
            to = Math.min(to, high + 1 + zero);
        } else {
            for (int token = from; token < to; token++) {
                int position = head.positionOf(token);
                if (position < low || position > high) {
                    scores[at + token - tile] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        from = Math.min(from, tile + TileSoftmax.TILE);
        to = Math.max(from, to);
        Arrays.fill(scores, at, at + from - tile, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, at + to - tile, at + TileSoftmax.TILE, Float.NEGATIVE_INFINITY);
    }

    /** Number of the first token that could be seen from low on. */
    static int firstToken(HeadCache head, int low) {
        if (!head.consecutive() || head.length() == 0) {
            return head.begin();
        }
        return head.begin() + Math.clamp(low - head.positionOf(head.begin()), 0, head.length());
    }

    /** Number behind the last token that could be seen up to high. */
    static int endToken(HeadCache head, int high) {
        if (!head.consecutive() || head.length() == 0) {
            return head.end();
        }
        return head.begin() + Math.clamp(high + 1L - head.positionOf(head.begin()), 0, head.length());
    }
}
