package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.ExpertsConfig.Groups;
import io.hayloft.formats.config.ExpertsConfig.Router;
import io.hayloft.formats.config.ExpertsConfig.Scoring;
import io.hayloft.formats.config.ExpertsConfig.Shared;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The experts of a model from GGUF metadata, and from the tensors that are there. */
record GgufExperts(Fields fields, Set<String> tensors, Architecture architecture) {
    /** The keys that files with experts have. */
    static final Set<String> KEYS =
            Set.of("expert_feed_forward_length", "expert_shared_feed_forward_length", "expert_used_count");

    /** The keys that files with the router of DeepSeek have besides. */
    static final Set<String> ROUTER_KEYS = Set.of(
            "expert_gating_func",
            "expert_group_count",
            "expert_group_used_count",
            "expert_shared_count",
            "expert_weights_norm",
            "expert_weights_scale");

    /** The number of sigmoids in the key for the kind of scores. */
    static final int SIGMOID = 2;

    /** Whether a layer, from 0, has experts in place of a dense feed-forward part. */
    boolean in(int layer) {
        return has(layer, "ffn_gate_inp.weight");
    }

    private boolean has(int layer, String tensor) {
        return tensors.contains("blk." + layer + "." + tensor);
    }

    /** The experts of a layer that has some. */
    ExpertsConfig read(int layer) {
        boolean own = fields.has("expert_feed_forward_length");
        int width = fields.positive(own ? "expert_feed_forward_length" : "feed_forward_length");
        return new ExpertsConfig(fields.positive("expert_count"), router(layer), each(width), shared(layer));
    }

    private FeedForward each(int width) {
        return architecture == Architecture.GPT_OSS
                ? new FeedForward(width, Activation.CLAMPED_SWIGLU, true, true)
                : plain(width);
    }

    private FeedForward plain(int width) {
        return new FeedForward(width, architecture.activation(), architecture.isGated(), false);
    }

    private Router router(int layer) {
        int chosen = fields.positive("expert_used_count");
        return switch (architecture) {
            case MIXTRAL, QWEN3_MOE, QWEN3_NEXT -> new Router(chosen, Scoring.SOFTMAX, true);
            case QWEN2_MOE -> new Router(chosen, Scoring.SOFTMAX, false);
            case GRANITEMOEHYBRID -> new Router(chosen, Scoring.SOFTMAX_OF_CHOSEN, false);
            case GPT_OSS ->
                new Router(
                        chosen,
                        Scoring.SOFTMAX_OF_CHOSEN,
                        false,
                        1,
                        has(layer, "ffn_gate_inp.bias"),
                        false,
                        Groups.ONE);
            case NEMOTRON_H, DEEPSEEK_V3 -> ofDeepSeek(layer, chosen, Scoring.SIGMOID);
            case DEEPSEEK_V2 -> ofDeepSeek(layer, chosen, Scoring.SOFTMAX);
            default -> throw fields.error("mixtures of experts are not supported for " + architecture.label());
        };
    }

    /** DeepSeek states how many experts are shared, all in one. */
    private int sharedWidth() {
        return architecture.isDeepSeek()
                ? HuggingFaceStateSpace.times(
                        fields.positive("expert_shared_count"), fields.positive("expert_feed_forward_length"))
                : fields.positive("expert_shared_feed_forward_length");
    }

    /** Scores of this kind unless a key says otherwise: 1 for softmax, 2 for sigmoid. */
    private Router ofDeepSeek(int layer, int chosen, Scoring usual) {
        var scoring = switch (fields.whole("expert_gating_func", 0)) {
            case 0 -> usual;
            case 1 -> Scoring.SOFTMAX;
            case SIGMOID -> Scoring.SIGMOID;
            default -> throw fields.error("key 'expert_gating_func' must be 1 or 2");
        };
        double scale = fields.number("expert_weights_scale", 1);
        return new Router(
                chosen,
                scoring,
                fields.flag("expert_weights_norm", false),
                scale == 0 ? 1 : scale,
                false,
                has(layer, "exp_probs_b.bias"),
                new Groups(
                        fields.positive("expert_group_count", 1),
                        fields.positive("expert_group_used_count", 1),
                        scoring == Scoring.SIGMOID ? 2 : 1));
    }

    private @Nullable Shared shared(int layer) {
        if (!has(layer, "ffn_up_shexp.weight")) {
            return null;
        }
        var part = plain(sharedWidth());
        return new Shared(part, has(layer, "ffn_gate_inp_shexp.weight"));
    }
}
