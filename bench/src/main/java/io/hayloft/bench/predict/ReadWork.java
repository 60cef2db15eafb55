package io.hayloft.bench.predict;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;

/** The work of reading a prompt, layer by layer. */
record ReadWork(DecoderConfig config) {
    /**
     * Operations of the matrix products of a layer for some rows; a multiply-add counts two.
     *
     * @param last whether no layer follows, so that a feed-forward part behind the attention runs for one row only
     */
    double linear(LayerConfig layer, int rows, boolean last) {
        double mixer = layer.mixer().weights(config.hidden());
        double feedForward = layer.feedForward().weightsOfRow(config.hidden());
        boolean one = last && !config.norms().placement().parallel();
        return 2 * (rows * mixer + (one ? 1 : rows) * feedForward);
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
