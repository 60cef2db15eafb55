package io.hayloft.bench.predict;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;

/** The work of reading a prompt, layer by layer. */
record ReadWork(DecoderConfig config) {
    /**
     * Operations of the matrix products of a layer for some rows; a multiply-add counts two. Rows go no further than what
     * other rows need of them: behind the last mixer of the model only one does.
     */
    double linear(int number, int rows) {
        var layer = config.stack().get(number);
        double mixer = layer.mixer().weights(config.hidden());
        double feedForward = layer.feedForward().weightsOfRow(config.hidden());
        boolean beside =
                config.norms().placement().parallel() && layer.feedForward().width() > 0;
        boolean needed = beside ? mixes(number) : remembers(layer.feedForward());
        boolean one = !needed && !mixedAfter(number);
        return 2 * ((mixes(number) ? rows : 1) * mixer + (one ? 1 : rows) * feedForward);
    }

    private boolean mixedAfter(int number) {
        for (int layer = number + 1; layer < config.layers(); layer++) {
            if (mixes(layer)) {
                return true;
            }
        }
        return false;
    }

    private boolean mixes(int number) {
        var layer = config.stack().get(number);
        return !(layer.mixer() instanceof LayerConfig.NoMixer) || remembers(layer.feedForward());
    }

    private static boolean remembers(LayerConfig.FeedForwardPart part) {
        return part.stateFloats() > 0;
    }

    /**
     * Channels of queries times tokens that they look at, in one layer.
     *
     * @param depth tokens before the rows
     * @param most tokens that a query looks at, for patterns that bound them
     */
    static double attention(AttentionConfig attention, int depth, int rows, double most) {
        return attention.queryWidth()
                * seen(depth, rows, attention.sliding() ? Math.min(most, attention.window()) : most);
    }

    /** Tokens that rows behind a depth see together, each at most some. */
    private static double seen(int depth, int rows, double most) {
        double growing = Math.clamp(most - depth, 0, rows); // rows that see fewer than most
        return growing * depth + growing * (growing + 1) / 2 + (rows - growing) * most;
    }
}
