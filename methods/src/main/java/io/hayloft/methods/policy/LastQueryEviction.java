package io.hayloft.methods.policy;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.methods.LayerScores;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * TOVA while decoding: at every step the token leaves to which the current query attends least.
 *
 * <p>Formula: with n the step's query, {@code s_i = mean over all query heads of the layer of softmax(q_n K / sqrt(d))_i};
 * the token with the lowest score leaves all heads of the layer. No token is protected, the newest one neither. Of equal
 * scores (see {@link LayerScores#ROUNDING}) the oldest token leaves. A head with a larger capacity than others keeps the
 * token until its own room is used up; attention to tokens that some heads hold no more counts as 0 there.
 *
 * <p>Paper: Oren et al., "Transformers are Multi-State RNNs", arXiv 2401.06104, section 3.
 */
public final class LastQueryEviction implements CachePolicy {
    private final int[] @Nullable [] capacities;
    private float[] sums = {}; // attention of one step by position; zeros between steps

    /**
     * Starts with the tokens that the prompt kept.
     *
     * @param capacities tokens that a head may hold [layer][head]; null for layers that are left alone
     */
    public LastQueryEviction(int[] @Nullable [] capacities) {
        this.capacities = capacities;
    }

    @Override
    public boolean wantsProbabilities() {
        return true;
    }

    @Override
    public void afterStep(int layer, LayerCache cache, StepAttention attention) {
        var room = capacities[layer];
        if (room == null) {
            return;
        }
        addUp(cache, attention);
        for (int head = 0; head < cache.kvHeads(); head++) {
            while (cache.length(head) > room[head]) {
                cache.evict(head, least(cache, head));
            }
        }
        Arrays.fill(sums, 0);
    }

    /** Adds the attention of all query heads to each token, by its position. */
    private void addUp(LayerCache cache, StepAttention attention) {
        int group = attention.queryHeads() / attention.kvHeads();
        for (int head = 0; head < cache.kvHeads(); head++) {
            for (int slot = 0; slot < cache.length(head); slot++) {
                int position = cache.position(head, slot);
                if (position >= sums.length) {
                    sums = Arrays.copyOf(sums, position + 1 + position / 8);
                }
                for (int member = 0; member < group; member++) {
                    sums[position] += attention.probability(head * group + member, slot);
                }
            }
        }
    }

    private int least(LayerCache cache, int head) {
        float least = Float.POSITIVE_INFINITY;
        for (int slot = 0; slot < cache.length(head); slot++) {
            least = Math.min(least, sums[cache.position(head, slot)]);
        }
        float most = least + least * LayerScores.ROUNDING;
        int oldest = -1;
        for (int slot = 0; slot < cache.length(head); slot++) {
            int position = cache.position(head, slot);
            if (sums[position] <= most && (oldest < 0 || position < cache.position(head, oldest))) {
                oldest = slot;
            }
        }
        return oldest;
    }

    /** Nothing of a token is kept from step to step. */
    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public CachePolicy fork() {
        return new LastQueryEviction(capacities);
    }
}
