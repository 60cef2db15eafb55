package io.hayloft.formats.config;

/**
 * A Mamba-2 mixer that reads the sum of the residual stream and of what a transformer block makes of it, which has its
 * matrices in common with the blocks of other layers (Zamba2; Glorioso et al., arXiv 2411.15242, section 2). The block reads
 * the residual stream beside the embedding; it has no residual stream of its own.
 *
 * @param attention of the block; it reads both
 * @param feedForward of the block, behind attention
 * @param adapterRank rank of what is added to the matrices of gate and up in this layer alone
 * @param block number of the block among those of the model
 */
public record SharedBlockConfig(
        AttentionConfig attention, LayerConfig.FeedForward feedForward, int adapterRank, int block, Mamba2Config mamba)
        implements LayerConfig.Mixer {
    /** Checks the sizes. */
    public SharedBlockConfig {
        Limits.whole("rank of adapters", adapterRank, 1, 1 << 16);
        Limits.whole("shared block", block, 0, 1024);
    }

    @Override
    public long weights(int hidden) {
        long reading = 2L * hidden * (attention.queryWidth() + 2L * attention.kvWidth());
        long adapters = (long) adapterRank * (hidden + 2L * feedForward.width());
        return reading
                + (long) hidden * (attention.queryWidth() + hidden)
                + feedForward.weightsOfRow(hidden)
                + adapters
                + mamba.weights(hidden);
    }
}
