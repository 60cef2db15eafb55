package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.LatentAttention;
import io.hayloft.formats.config.RopeConfig;
import java.util.Set;

/** The latent attention of DeepSeek-V2 and V3, from GGUF metadata. */
record GgufLatent(Fields fields, Set<String> tensors) {
    static final Set<String> KEYS = Set.of(
            "attention.key_length_mla",
            "attention.kv_lora_rank",
            "attention.q_lora_rank",
            "attention.value_length_mla",
            "leading_dense_block_count");

    /** The number with which converters multiply the logarithm of YaRN's factor: mscale_all_dim, ten times smaller. */
    private static final String LOG_MULTIPLIER = "rope.scaling.yarn_log_multiplier";

    AttentionConfig attention(int heads, RopeConfig rope) {
        int rank = fields.positive("attention.kv_lora_rank");
        int ropeDim = fields.positive("rope.dimension_count");
        // Newer files state the sizes of a row of latents under the usual keys, and those of heads under their own.
        boolean own = fields.has("attention.key_length_mla");
        int keys = fields.positive(own ? "attention.key_length_mla" : "attention.key_length");
        int values = fields.positive(own ? "attention.value_length_mla" : "attention.value_length");
        boolean compressed = tensors.contains("blk.0.attn_q_a.weight");
        var latent = new LatentAttention(
                compressed ? fields.positive("attention.q_lora_rank") : 0, rank, keys - ropeDim, ropeDim, values);
        return HuggingFaceLatent.latent(heads, rope, latent, softmaxScale(rope));
    }

    private double softmaxScale(RopeConfig rope) {
        double multiplier = fields.number(LOG_MULTIPLIER, 0);
        if (multiplier == 0 || !(rope.scaling() instanceof RopeConfig.Yarn yarn)) {
            return 1;
        }
        double factor = 1 + multiplier * Math.log(yarn.factor());
        return factor * factor;
    }
}
