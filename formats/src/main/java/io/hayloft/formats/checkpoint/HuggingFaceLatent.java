package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.LatentAttention;
import io.hayloft.formats.config.RopeConfig;

/** The latent attention of DeepSeek-V2 and V3, from config.json. */
record HuggingFaceLatent(Fields fields, Architecture architecture) {
    /** Channels that rotate. */
    static int ropeDim(Fields fields) {
        return fields.positive("qk_rope_head_dim", 64);
    }

    AttentionConfig attention(int heads, RopeConfig rope) {
        if (!fields.flag("rope_interleave", true)) {
            throw fields.error("field 'rope_interleave' is false, which is not supported for " + architecture.label());
        }
        int queryRank =
                fields.has("q_lora_rank") || fields.mentions("q_lora_rank") ? fields.whole("q_lora_rank", 0) : 1536;
        var latent = new LatentAttention(
                queryRank,
                fields.positive("kv_lora_rank", 512),
                fields.positive("qk_nope_head_dim", 128),
                ropeDim(fields),
                fields.positive("v_head_dim", 128));
        return latent(heads, rope, latent, softmaxScale());
    }

    /**
     * Attention with latents: all heads share one row a token.
     *
     * @param scale factor on scores beside one over the root of a query's channels
     */
    static AttentionConfig latent(int heads, RopeConfig rope, LatentAttention latent, double scale) {
        return new AttentionConfig(
                heads,
                1,
                latent.cachedDim(),
                0,
                rope,
                scale / Math.sqrt(latent.queryDim()),
                0,
                AttentionConfig.HeadNorm.NONE,
                false,
                false,
                new AttentionConfig.Additions(false, false, latent));
    }

    /** YaRN's factor on queries and on keys, where it goes to the scores. */
    private double softmaxScale() {
        var rope = fields.object("rope_parameters").or(() -> fields.object("rope_scaling"));
        if (rope.isEmpty()
                || !rope.get()
                        .text("rope_type", rope.get().text("type", "default"))
                        .equals("yarn")) {
            return 1;
        }
        double all = rope.get().number("mscale_all_dim", 0);
        double factor = RopeConfig.Yarn.attentionFactor(rope.get().number("factor", 1), all);
        return all == 0 ? 1 : factor * factor;
    }
}
