package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.Tensor;
import java.util.Map;

/** How the files of families that are more than attention and a gated feed-forward part name and store their weights. */
final class FamilyWeights {
    private FamilyWeights() {}

    /**
     * The tensors of a file by name.
     *
     * @param source what to call it in messages
     * @param unread types of the tensors that no weight can be
     * @param gguf whether names and forms are those of llama.cpp
     */
    record File(String source, Map<String, Tensor> tensors, Map<String, String> unread, boolean gguf) {}

    /** The names in Hugging Face checkpoints, given those of most architectures. */
    static TensorNames huggingFaceNames(Architecture architecture, DecoderConfig config, TensorNames usual) {
        return switch (architecture) {
            case MAMBA, MAMBA2 -> StateSpaceNames.mamba(architecture == Architecture.MAMBA2);
            case JAMBA, FALCON_H1 -> StateSpaceNames.hybrid(usual, architecture == Architecture.FALCON_H1);
            case LFM2, GRANITEMOEHYBRID, QWEN3_NEXT, NEMOTRON_H, BAMBA -> HybridNames.huggingFace(architecture, usual);
            case DEEPSEEK_V2, DEEPSEEK_V3 ->
                LatentWeights.huggingFaceNames(ExpertNames.huggingFace(architecture, usual));
            case ZAMBA2 -> HybridNames.zamba(config, usual);
            default -> ExpertNames.huggingFace(architecture, usual);
        };
    }

    /** The names in GGUF files, given those of most architectures. */
    static TensorNames ggufNames(Architecture architecture, TensorNames usual) {
        return switch (architecture) {
            case MAMBA, MAMBA2, JAMBA, FALCON_H1 -> StateSpaceNames.gguf(ExpertNames.gguf(usual));
            case LFM2, GRANITEMOEHYBRID, QWEN3_NEXT, NEMOTRON_H, BAMBA -> HybridNames.gguf(architecture, usual);
            case DEEPSEEK_V2, DEEPSEEK_V3 -> LatentWeights.ggufNames(ExpertNames.gguf(usual));
            case GEMMA3N -> StreamWeights.ggufNames(usual);
            default -> ExpertNames.gguf(usual);
        };
    }

    /** Experts that the forward pass would leave out silently are an error. */
    private static void checkExperts(File file, DecoderConfig config, TensorNames names) {
        for (int layer = 0; layer < config.layers(); layer++) {
            var experts = config.feedForward(layer) instanceof ExpertsConfig own ? own : null;
            var left = experts == null ? Role.ROUTER : experts.shared() == null ? Role.SHARED_UP : null;
            var name = left == null ? "" : names.of(left, layer);
            if (file.tensors.containsKey(name)) {
                throw FileError.of(
                        file.source,
                        "tensor '" + name + "' is not supported: layer " + layer + " of this " + config.architecture()
                                + " model has no " + (experts == null ? "experts" : "shared experts")
                                + " by its config");
            }
        }
    }

    /**
     * The weights of a file.
     *
     * @param layout how the weights of attention and feed-forward parts lie in the tensors
     */
    static WeightSource of(
            File file, Architecture architecture, DecoderConfig config, TensorNames names, TensorLayout layout) {
        checkExperts(file, config, names);
        var form = ExpertWeights.Form.of(architecture, file);
        return switch (architecture) {
            case MAMBA, MAMBA2, JAMBA, FALCON_H1, LFM2, GRANITEMOEHYBRID, QWEN3_NEXT, NEMOTRON_H, BAMBA, ZAMBA2 ->
                new StateSpaceWeights(file, config, names, form, layout);
            case RECURRENT_GEMMA -> new GriffinWeights(file, config, layout);
            case RWKV5 -> new RwkvWeights(file, config, layout);
            default -> {
                var tensors = new NamedWeights.Tensors(file.tensors, file.unread, ExpertWeights.biases(config, names));
                var usual = new NamedWeights(file.source, config, tensors, names, layout);
                if (config.streams() != null) {
                    yield new StreamWeights(file.gguf, config, config.streams(), names, usual);
                }
                var others = new ExpertWeights(config, names, form, usual);
                yield architecture.isDeepSeek() ? new LatentWeights(file, config, names, others, usual) : others;
            }
        };
    }
}
