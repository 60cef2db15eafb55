package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.ExpertsConfig.Groups;
import io.hayloft.formats.config.ExpertsConfig.Router;
import io.hayloft.formats.config.ExpertsConfig.Scoring;
import io.hayloft.formats.config.ExpertsConfig.Shared;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;

/** The experts of a model from config.json, with the defaults that transformers has for each architecture. */
record HuggingFaceExperts(Fields fields, Architecture architecture) {
    /** Whether a layer, from 0, has experts in place of a dense feed-forward part. */
    boolean in(int layer) {
        return switch (architecture) {
            case MIXTRAL, GPT_OSS -> true;
            case QWEN2_MOE, QWEN3_MOE, QWEN3_NEXT -> inQwen(layer);
            case GRANITEMOEHYBRID -> count(8) > 0;
            case DEEPSEEK_V2, DEEPSEEK_V3 ->
                layer >= fields.whole("first_k_dense_replace", architecture == Architecture.DEEPSEEK_V3 ? 3 : 0)
                        && layer % fields.positive("moe_layer_freq", 1) == 0;
            default -> false;
        };
    }

    private boolean inQwen(int layer) {
        for (long dense : fields.has("mlp_only_layers") ? fields.wholes("mlp_only_layers") : new long[0]) {
            if (dense == layer) {
                return false;
            }
        }
        return count(1) > 0 && (layer + 1) % fields.positive("decoder_sparse_step", 1) == 0;
    }

    /** The experts of a layer that has some; all layers have the same. */
    ExpertsConfig read(Activation activation) {
        return switch (architecture) {
            case MIXTRAL ->
                new ExpertsConfig(
                        count(8),
                        new Router(chosen(2), Scoring.SOFTMAX, true),
                        new FeedForward(fields.positive("intermediate_size", 14_336), activation),
                        null);
            case QWEN2_MOE ->
                new ExpertsConfig(
                        count(60),
                        ofQwen(4, false),
                        part("moe_intermediate_size", 1408, activation),
                        shared(5632, activation));
            case QWEN3_MOE ->
                new ExpertsConfig(count(128), ofQwen(8, false), part("moe_intermediate_size", 768, activation), null);
            case QWEN3_NEXT ->
                new ExpertsConfig(
                        count(512),
                        ofQwen(10, true),
                        part("moe_intermediate_size", 512, activation),
                        shared(512, activation));
            case GPT_OSS -> ofGptOss();
            case NEMOTRON_H -> ofNemotron(activation);
            case DEEPSEEK_V2 -> ofDeepSeek(64, ofDeepSeekV2(), activation);
            case DEEPSEEK_V3 -> {
                refuseOther("scoring_func", "sigmoid");
                refuseOther("topk_method", "noaux_tc");
                yield ofDeepSeek(256, corrected(8), activation);
            }
            case GRANITEMOEHYBRID ->
                new ExpertsConfig(
                        count(8),
                        new Router(chosen(2), Scoring.SOFTMAX_OF_CHOSEN, false),
                        new FeedForward(fields.positive("intermediate_size"), activation),
                        new Shared(part("shared_intermediate_size", 1024, activation), false));
            default -> throw new IllegalStateException(architecture + " has no experts");
        };
    }

    private Router ofQwen(int chosen, boolean normalised) {
        return new Router(chosen(chosen), Scoring.SOFTMAX, fields.flag("norm_topk_prob", normalised));
    }

    private Shared shared(int width, Activation activation) {
        return new Shared(part("shared_expert_intermediate_size", width, activation), true);
    }

    private FeedForward part(String width, int usual, Activation activation) {
        return new FeedForward(fields.positive(width, usual), activation);
    }

    private ExpertsConfig ofGptOss() {
        double limit = fields.number("swiglu_limit", 7);
        if (limit != 7) {
            throw fields.error("field 'swiglu_limit' is " + limit + ", but only 7 is supported");
        }
        var router = new Router(chosen(4), Scoring.SOFTMAX_OF_CHOSEN, false, 1, true, false, Groups.ONE);
        var each = new FeedForward(fields.positive("intermediate_size", 2880), Activation.CLAMPED_SWIGLU, true, true);
        return new ExpertsConfig(count(128), router, each, null);
    }

    private ExpertsConfig ofNemotron(Activation activation) {
        int width = fields.positive("moe_intermediate_size", 7688);
        int shared = fields.positive("moe_shared_expert_intermediate_size", 7688);
        boolean none = fields.whole("n_shared_experts", 1) == 0;
        return new ExpertsConfig(
                fields.positive("n_routed_experts", 8),
                corrected(2),
                new FeedForward(width, activation, false, false),
                none ? null : new Shared(new FeedForward(shared, activation, false, false), false));
    }

    private ExpertsConfig ofDeepSeek(int count, Router router, Activation activation) {
        int width = fields.positive("moe_intermediate_size");
        int shared = fields.whole("n_shared_experts", 0);
        return new ExpertsConfig(
                fields.positive("n_routed_experts", count),
                router,
                new FeedForward(width, activation),
                shared == 0
                        ? null
                        : new Shared(new FeedForward(HuggingFaceStateSpace.times(shared, width), activation), false));
    }

    /** A group counts as its best expert; the weights of the chosen are not divided by their sum. */
    private Router ofDeepSeekV2() {
        refuseOther("scoring_func", "softmax");
        if (fields.flag("norm_topk_prob", false)) {
            throw fields.error("field 'norm_topk_prob' is true, which is not supported for " + architecture.label());
        }
        var method = fields.text("topk_method", "greedy");
        var groups = switch (method) {
            case "greedy" -> Groups.ONE;
            case "group_limited_greedy" -> groups(1);
            default -> throw fields.error("field 'topk_method' is '" + method + "', which is not supported");
        };
        double scale = fields.number("routed_scaling_factor", 1);
        return new Router(chosen(6), Scoring.SOFTMAX, false, scale, false, false, groups);
    }

    private void refuseOther(String name, String supported) {
        var value = fields.text(name, supported);
        if (!value.equals(supported)) {
            throw fields.error("field '" + name + "' is '" + value + "', but only '" + supported + "' is supported for "
                    + architecture.label());
        }
    }

    /** The router of DeepSeek-V3: sigmoids, corrected where experts are chosen, in groups by their best two. */
    private Router corrected(int chosen) {
        return new Router(
                chosen(chosen),
                Scoring.SIGMOID,
                fields.flag("norm_topk_prob", true),
                fields.number("routed_scaling_factor", architecture == Architecture.DEEPSEEK_V3 ? 2.5 : 1),
                false,
                true,
                groups(2));
    }

    private Groups groups(int best) {
        int count = fields.positive("n_group", 1);
        return new Groups(count, fields.positive("topk_group", 1), best);
    }

    private int count(int usual) {
        return fields.has("num_local_experts")
                ? fields.whole("num_local_experts", usual)
                : fields.whole("num_experts", usual);
    }

    private int chosen(int usual) {
        return fields.positive("num_experts_per_tok", usual);
    }
}
