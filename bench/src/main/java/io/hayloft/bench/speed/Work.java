package io.hayloft.bench.speed;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.SequenceCache;

/** Operations that the results of a test need, whatever the kernels do beyond; a multiply-add counts two. */
final class Work {
    private final DecoderConfig config;

    Work(DecoderConfig config) {
        this.config = config;
    }

    /** Operations of a prompt of {@code tokens} behind {@code depth} others, logits for its last token only. */
    double prefill(int depth, int tokens) {
        // Behind the attention of the last layer only the token with logits goes on.
        double multiplyAdds = (double) tokens * config.layers() * projections()
                + ((double) tokens * (config.layers() - 1) + 1) * feedForward()
                + output();
        return 2 * (multiplyAdds + attention(depth, tokens));
    }

    /**
     * Operations of generating {@code tokens} one by one, with logits for each.
     *
     * @param pairs tokens that queries looked at, in all layers and query heads
     */
    double decode(int tokens, double pairs) {
        double perToken = config.layers() * (projections() + feedForward()) + output();
        return 2 * (tokens * perToken + 2 * pairs * config.headDim());
    }

    /**
     * Tokens that the queries of one step look at, in all layers and query heads: those that this cache holds, which a
     * method may have thinned out.
     *
     * @param added tokens that the step appends first
     */
    double pairs(SequenceCache cache, int added) {
        double pairs = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            int window = config.windowOf(layer);
            var near = cache.layer(layer);
            var far = cache.far() == null ? null : cache.far().tokens(layer);
            for (int head = 0; head < config.kvHeads(); head++) {
                int length = near.length(head) + added;
                pairs += window == 0 ? length : Math.min(length, window);
                pairs += far == null ? 0 : far.length(head);
            }
        }
        return pairs * config.groupSize();
    }

    /** Queries, keys, values and the output of attention, of one token in one layer. */
    private double projections() {
        double heads = 2.0 * config.queryHeads() + 2.0 * config.kvHeads();
        return config.hidden() * heads * config.headDim();
    }

    private double feedForward() {
        return 3.0 * config.hidden() * config.feedForward();
    }

    private double output() {
        return (double) config.hidden() * config.vocabulary();
    }

    /** Query times key and weight times value, for every token that each of the tokens sees in each layer. */
    private double attention(int depth, int tokens) {
        double pairs = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            int window = config.windowOf(layer);
            for (int i = 1; i <= tokens; i++) {
                pairs += window == 0 ? depth + i : Math.min(depth + i, window);
            }
        }
        return 2 * pairs * config.queryHeads() * config.headDim();
    }
}
