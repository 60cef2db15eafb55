package io.hayloft.formats.config;

/**
 * Attention and Mamba-2 side by side in one layer (Falcon-H1): both read the same normed rows, and the weighted sum of
 * their results is the update.
 *
 * @param queryFactor on queries and values, before the rotation
 * @param keyFactor on keys, before the rotation
 * @param attentionFactor on the result of attention
 * @param mambaFactor on the result of Mamba-2
 */
public record ParallelMixers(
        AttentionConfig attention,
        Mamba2Config mamba,
        double queryFactor,
        double keyFactor,
        double attentionFactor,
        double mambaFactor)
        implements LayerConfig.Mixer {
    /** Checks the factors. */
    public ParallelMixers {
        Limits.number("attention_in_multiplier", Math.abs(queryFactor), 1e-9, 1e9);
        Limits.number("key_multiplier", Math.abs(keyFactor), 1e-9, 1e9);
        Limits.number("attention_out_multiplier", Math.abs(attentionFactor), 1e-9, 1e9);
        Limits.number("ssm_out_multiplier", Math.abs(mambaFactor), 1e-9, 1e9);
    }

    @Override
    public long weights(int hidden) {
        return attention.weights(hidden) + mamba.weights(hidden);
    }
}
