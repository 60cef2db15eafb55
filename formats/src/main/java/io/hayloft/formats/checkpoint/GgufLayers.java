package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.AttentionConfig.HeadNorm;
import io.hayloft.formats.config.DecoderConfig.NormKind;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.DecoderConfig.Norms;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import java.util.HashSet;
import java.util.Set;

/**
 * How the parts of a layer are made, from GGUF metadata and from the tensors that are there: norms, biases, multipliers.
 *
 * @param tensors the names of all tensors
 */
record GgufLayers(Fields fields, Set<String> tensors, Architecture architecture) {
    private static final Set<String> GRANITE_KEYS =
            Set.of("attention.scale", "embedding_scale", "logit_scale", "residual_scale");

    /** The keys, after the name of the architecture, that only files of this architecture have. */
    static Set<String> ownKeys(Architecture architecture) {
        return switch (architecture) {
            case GRANITE -> GRANITE_KEYS;
            case GRANITEMOEHYBRID -> union(GRANITE_KEYS, GgufExperts.KEYS, GgufStateSpace.KEYS);
            case LFM2 -> GgufHybrid.LFM2_KEYS;
            case GEMMA3N -> GgufGemma3n.KEYS;
            case DEEPSEEK_V2, DEEPSEEK_V3 -> union(GgufExperts.KEYS, GgufExperts.ROUTER_KEYS, GgufLatent.KEYS);
            case NEMOTRON_H -> union(GgufExperts.KEYS, GgufExperts.ROUTER_KEYS, GgufStateSpace.KEYS);
            case QWEN3_NEXT -> union(GgufExperts.KEYS, GgufStateSpace.KEYS);
            case COHERE, COHERE2 -> Set.of("logit_scale");
            case STABLELM, GPT_NEOX -> Set.of("use_parallel_residual");
            case MIXTRAL, QWEN2_MOE, QWEN3_MOE, GPT_OSS -> GgufExperts.KEYS;
            default -> Set.of();
        };
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        var all = new HashSet<String>();
        for (var set : sets) {
            all.addAll(set);
        }
        return all;
    }

    Norms norms() {
        var kind = architecture.normKind();
        var key = kind == NormKind.RMS ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
        return new Norms(kind, fields.number(key), false, placement());
    }

    private NormPlacement placement() {
        return switch (architecture) {
            case GEMMA2, GEMMA3, GEMMA3N, GLM4 -> NormPlacement.AROUND;
            case OLMO2, EXAONE4 -> NormPlacement.AFTER;
            case COHERE, COHERE2, PHI -> NormPlacement.PARALLEL;
            // Converters write use_parallel_residual even where the layers are sequential.
            case STABLELM -> has("ffn_norm.weight") ? NormPlacement.BEFORE : NormPlacement.PARALLEL;
            case GPT_NEOX ->
                fields.flag("use_parallel_residual", true) ? NormPlacement.PARALLEL_TWO_NORMS : NormPlacement.BEFORE;
            case FALCON -> has("attn_norm_2.weight") ? NormPlacement.PARALLEL_TWO_NORMS : NormPlacement.PARALLEL;
            default -> NormPlacement.BEFORE;
        };
    }

    HeadNorm headNorm() {
        return switch (architecture) {
            case OLMO2 -> HeadNorm.TOGETHER;
            case STABLELM, COHERE -> has("attn_q_norm.weight") ? HeadNorm.OWN : HeadNorm.NONE;
            default -> architecture.hasQueryKeyNorm() ? HeadNorm.SHARED : HeadNorm.NONE;
        };
    }

    /** Whether queries, keys and values have a bias. */
    boolean biases() {
        return has("attn_q.bias") || has("attn_qkv.bias");
    }

    boolean outputBias() {
        return has("attn_output.bias");
    }

    FeedForward feedForward(int width) {
        boolean biases = has("ffn_up.bias") || has("ffn_down.bias") || has("ffn_gate.bias");
        return new FeedForward(width, architecture.activation(), architecture.isGated(), biases);
    }

    private boolean has(String tensorOfLayer) {
        return tensors.contains("blk.0." + tensorOfLayer);
    }

    /** The factor on query-key products, where the file has one; else 0. */
    double attentionScale() {
        return switch (architecture) {
            case GRANITE, GRANITEMOEHYBRID -> fields.number("attention.scale", 0);
            case GEMMA3N -> 1;
            default -> 0;
        };
    }

    double embeddingScale(int hidden) {
        return switch (architecture) {
            case GRANITE, GRANITEMOEHYBRID -> orOne(fields.number("embedding_scale", 1));
            default -> architecture.isGemma() ? Math.sqrt(hidden) : 1;
        };
    }

    double residualScale() {
        return architecture.isGranite() ? orOne(fields.number("residual_scale", 1)) : 1;
    }

    double logitScale() {
        return switch (architecture) {
            case GRANITE, GRANITEMOEHYBRID -> 1 / fields.number("logit_scale");
            case COHERE, COHERE2 -> orOne(fields.number("logit_scale"));
            default -> 1;
        };
    }

    /** A scale of 0 switches scaling off. */
    private static double orOne(double scale) {
        return scale == 0 ? 1 : scale;
    }

    /** Whether layers rotate at all: Granite models without rotation say that their scaling is not trained. */
    boolean rotates() {
        return architecture != Architecture.GPT2
                && architecture != Architecture.NEMOTRON_H
                && (!architecture.isGranite() || fields.flag("rope.scaling.finetuned", true));
    }
}
