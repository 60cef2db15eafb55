package io.hayloft.bench.speed;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.kv.cache.SequenceCache;

/** Operations that the results of a test need, whatever the kernels do beyond; a multiply-add counts two. */
final class Work {
    /** Multiply-adds of a token for each number of a state: decay, input, result. */
    private static final int SCAN = 3;

    private final DecoderConfig config;

    Work(DecoderConfig config) {
        this.config = config;
    }

    /** Operations of a prompt of {@code tokens} behind {@code depth} others, logits for its last token only. */
    double prefill(int depth, int tokens) {
        // Behind the attention of the last layer only the token with logits goes on.
        double multiplyAdds = tokens * projections()
                + (double) tokens * feedForward()
                - (tokens - 1.0) * feedForward(config.layers() - 1)
                + output();
        return 2 * (multiplyAdds + attention(depth, tokens));
    }

    /**
     * Operations of generating {@code tokens} one by one, with logits for each.
     *
     * @param pairs tokens that queries looked at, in all layers and query heads
     */
    double decode(int tokens, double pairs) {
        double perToken = projections() + feedForward() + output();
        int headDim = config.firstAttention().map(AttentionConfig::headDim).orElse(0);
        return 2 * (tokens * perToken + 2 * pairs * headDim);
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
            if (config.findAttention(layer).isEmpty()) {
                continue;
            }
            var attention = config.attention(layer);
            int window = attention.window();
            int holder = attention.holder(layer);
            var near = cache.layer(holder);
            var outOfWindow =
                    cache.outOfWindow() == null ? null : cache.outOfWindow().tokens(holder);
            for (int head = 0; head < attention.kvHeads(); head++) {
                int length = near.length(head) + added;
                int seen = window == 0 ? length : Math.min(length, window);
                seen += outOfWindow == null ? 0 : outOfWindow.length(head);
                pairs += (double) seen * attention.groupSize();
            }
        }
        return pairs;
    }

    /** The matrices of the mixers and the scans of their states, of one token in all layers. */
    private double projections() {
        var streams = config.streams();
        double sum = streams == null ? 0 : streams.weights(config.hidden(), config.layers());
        for (var layer : config.stack()) {
            sum += layer.mixer().weights(config.hidden());
            sum += SCAN
                    * (double)
                            switch (layer.mixer()) {
                                case AttentionConfig attention -> 0;
                                case LayerConfig.NoMixer none -> 0;
                                case SharedBlockConfig shared -> shared.mamba().stateFloats();
                                case ParallelMixers both -> both.mamba().stateFloats();
                                case LayerConfig.Recurrent recurrent -> recurrent.stateFloats();
                            };
        }
        return sum;
    }

    /** Gate, up and down of one token in all layers. */
    private double feedForward() {
        double sum = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            sum += feedForward(layer);
        }
        return sum;
    }

    private double feedForward(int layer) {
        return config.feedForward(layer).weightsOfRow(config.hidden());
    }

    private double output() {
        return (double) config.hidden() * config.vocabulary();
    }

    /** Query times key and weight times value, for every token that each of the tokens sees in each layer. */
    private double attention(int depth, int tokens) {
        double products = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer).orElse(null);
            if (attention == null) {
                continue;
            }
            double pairs = 0;
            for (int i = 1; i <= tokens; i++) {
                pairs += attention.sliding() ? Math.min(depth + i, attention.window()) : depth + i;
            }
            products += pairs * attention.queryWidth();
        }
        return 2 * products;
    }
}
