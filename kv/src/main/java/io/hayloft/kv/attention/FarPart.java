package io.hayloft.kv.attention;

import io.hayloft.kv.cache.FarMemory;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.TokenMask;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The far tokens of one sequence in one layer.
 *
 * @param tokens the tokens
 * @param distance a query at position p sees those up to p minus this
 * @param mask hides more of them, if given
 */
public record FarPart(
        LayerCache tokens, int distance, @Nullable TokenMask mask) {
    /** The far tokens that a memory offers in a layer now; null if there are none. */
    public static @Nullable FarPart of(@Nullable FarMemory memory, int layer) {
        var tokens = memory == null ? null : memory.tokens(layer);
        return memory == null || tokens == null ? null : new FarPart(tokens, memory.distance(), memory.farMask(layer));
    }

    /**
     * Joins two softmax results over different tokens into the one over all of them.
     *
     * @param near result of the near part [headDim], becomes the joint one
     * @param max largest score of the near part
     * @param scale one over its sum of exponentials, 0 if it saw nothing
     * @return the near part's share of the probability
     */
    static float join(
            float[] near,
            int at,
            float max,
            float scale,
            float[] far,
            int farAt,
            float farMax,
            float farScale,
            int dim) {
        if (farScale == 0) {
            return 1;
        }
        if (scale == 0) {
            System.arraycopy(far, farAt, near, at, dim);
            return 0;
        }
        double share = 1 / (1 + Math.exp((double) farMax - max) * scale / farScale);
        float nearShare = (float) share;
        float farShare = (float) (1 - share);
        for (int c = 0; c < dim; c++) {
            near[at + c] = near[at + c] * nearShare + far[farAt + c] * farShare;
        }
        return nearShare;
    }

    /** Room for results, reused. */
    static float[] room(float[] array, int size) {
        return array.length < size ? Arrays.copyOf(array, size) : array;
    }
}
