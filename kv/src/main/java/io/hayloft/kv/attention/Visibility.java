package io.hayloft.kv.attention;

import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which tokens of a tile a query sees: those with positions from low to high. */
final class Visibility {
    private Visibility() {}

    /** The lowest position that a query at this one sees; a cache may have a narrower window than its layer. */
    static int low(AttentionShape shape, LayerCache cache, int position) {
        int window = cache.window() == 0 ? shape.window() : cache.window();
        return window == 0 ? 0 : Math.max(0, position - window + 1);
    }

    /** Applies a mask to the scores of a tile [128]. */
    static void hide(TokenMask mask, int queryHead, HeadCache head, int tile, float[] scores, int at) {
        int from = Math.max(head.begin(), tile);
        int count = Math.min(head.end(), tile + TileSoftmax.TILE) - from;
        mask.hide(queryHead, from - head.begin(), count, scores, at + from - tile);
    }

    /** Whether a mask hides a tile from all. */
    static boolean hidden(@Nullable TokenMask mask, HeadCache head, int tile) {
        if (mask == null) {
            return false;
        }
        int from = Math.max(head.begin(), tile);
        return mask.hidesAll(from - head.begin(), Math.min(head.end(), tile + TileSoftmax.TILE) - from);
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
        } else if (low > 0 || high < head.highestPosition()) {
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
