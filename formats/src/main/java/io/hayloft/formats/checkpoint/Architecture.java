package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.formats.config.AttentionConfig.Additions;
import io.hayloft.formats.config.DecoderConfig.NormKind;
import io.hayloft.formats.config.LayerConfig.Activation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/** The supported architectures, with what the files of each leave unsaid. */
@SuppressWarnings("ImmutableEnumChecker") // the lists come from List.of
enum Architecture {
    LLAMA(List.of("llama"), List.of("llama")),
    /** Converters to GGUF call it llama, and so is a file that does. */
    MISTRAL(List.of("mistral"), List.of("llama")),
    QWEN2(List.of("qwen2"), List.of("qwen2")),
    QWEN3(List.of("qwen3"), List.of("qwen3")),
    GEMMA2(List.of("gemma2"), List.of("gemma2")),
    GEMMA3(List.of("gemma3_text", "gemma3"), List.of("gemma3")),
    PHI3(List.of("phi3"), List.of("phi3")),
    SMOLLM3(List.of("smollm3"), List.of("smollm3")),
    MAMBA(List.of("mamba"), List.of("mamba")),
    MAMBA2(List.of("mamba2"), List.of("mamba2")),
    JAMBA(List.of("jamba"), List.of("jamba")),
    FALCON_H1(List.of("falcon_h1"), List.of("falcon-h1")),
    RECURRENT_GEMMA(List.of("recurrent_gemma"), List.of()),
    RWKV5(List.of("rwkv5"), List.of()),
    GEMMA(List.of("gemma"), List.of("gemma")),
    /** Llama with four multipliers. */
    GRANITE(List.of("granite"), List.of("granite")),
    OLMO2(List.of("olmo2"), List.of("olmo2")),
    STABLELM(List.of("stablelm"), List.of("stablelm")),
    GLM4(List.of("glm4"), List.of("glm4")),
    /** Command R. */
    COHERE(List.of("cohere"), List.of("command-r")),
    COHERE2(List.of("cohere2"), List.of("cohere2")),
    STARCODER2(List.of("starcoder2"), List.of("starcoder2")),
    /** Phi 1, 1.5 and 2. */
    PHI(List.of("phi"), List.of("phi2")),
    /** Pythia and GPT-NeoX. */
    GPT_NEOX(List.of("gpt_neox"), List.of("gptneox")),
    GPT2(List.of("gpt2"), List.of("gpt2")),
    FALCON(List.of("falcon"), List.of("falcon")),
    EXAONE4(List.of("exaone4"), List.of("exaone4")),
    /** Converters to GGUF call it llama; its files say that they have experts. */
    MIXTRAL(List.of("mixtral"), List.of("llama")),
    QWEN2_MOE(List.of("qwen2_moe"), List.of("qwen2moe")),
    QWEN3_MOE(List.of("qwen3_moe"), List.of("qwen3moe")),
    GPT_OSS(List.of("gpt_oss"), List.of("gpt-oss")),
    LFM2(List.of("lfm2"), List.of("lfm2")),
    /** Granite 4, with and without experts. */
    GRANITEMOEHYBRID(List.of("granitemoehybrid"), List.of("granitehybrid")),
    QWEN3_NEXT(List.of("qwen3_next"), List.of("qwen3next")),
    NEMOTRON_H(List.of("nemotron_h"), List.of("nemotron_h", "nemotron_h_moe")),
    BAMBA(List.of("bamba"), List.of()),
    ZAMBA2(List.of("zamba2"), List.of()),
    /** DeepSeek-V2, and V2-Lite, whose queries are not compressed. */
    DEEPSEEK_V2(List.of("deepseek_v2"), List.of("deepseek2")),
    /** DeepSeek-V3 and R1; files say by their router that they are not V2. */
    DEEPSEEK_V3(List.of("deepseek_v3"), List.of("deepseek2")),
    GEMMA3N(List.of("gemma3n_text", "gemma3n"), List.of("gemma3n"));

    private final List<String> huggingFaceNames;
    private final List<String> ggufNames;

    Architecture(List<String> huggingFaceNames, List<String> ggufNames) {
        this.huggingFaceNames = huggingFaceNames;
        this.ggufNames = ggufNames;
    }

    /** The architecture of a config.json's {@code model_type}. */
    static Architecture ofHuggingFace(String source, String name) {
        return named(source, name, false);
    }

    /** The architecture of a GGUF file's {@code general.architecture}. */
    static Architecture ofGguf(String source, String name) {
        return named(source, name, true);
    }

    private static Architecture named(String source, String name, boolean gguf) {
        var known = new LinkedHashSet<String>();
        for (var architecture : values()) {
            var names = gguf ? architecture.ggufNames : architecture.huggingFaceNames;
            if (names.contains(name)) {
                return architecture;
            }
            known.addAll(names);
        }
        throw FileError.of(
                source, "architecture '" + name + "' is not supported; supported are " + String.join(", ", known));
    }

    /** Its names in config.json. */
    List<String> huggingFaceNames() {
        return huggingFaceNames;
    }

    /** Its names in GGUF files; those that it shares with another one are of the first. */
    List<String> ggufNames() {
        return ggufNames;
    }

    /** The name that configs and records show. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is one of Mamba, Mamba-2, Jamba and Falcon-H1, whose configs are read by themselves. */
    boolean isStateSpace() {
        return this == MAMBA || this == MAMBA2 || this == JAMBA || this == FALCON_H1;
    }

    /** Whether some layers have attention, and others a recurrent mixer in its place. */
    boolean isHybrid() {
        return switch (this) {
            case LFM2, GRANITEMOEHYBRID, QWEN3_NEXT, NEMOTRON_H, BAMBA, ZAMBA2 -> true;
            default -> false;
        };
    }

    /** Whether a layer is a mixer or a feed-forward part, and not one after the other. */
    boolean hasOnePartALayer() {
        return this == NEMOTRON_H;
    }

    /** Whether it is Granite, with its four multipliers. */
    boolean isGranite() {
        return this == GRANITE || this == GRANITEMOEHYBRID;
    }

    /** Whether some of its models have experts. */
    boolean mayHaveExperts() {
        return switch (this) {
            case JAMBA,
                    MIXTRAL,
                    QWEN2_MOE,
                    QWEN3_MOE,
                    GPT_OSS,
                    GRANITEMOEHYBRID,
                    QWEN3_NEXT,
                    NEMOTRON_H,
                    DEEPSEEK_V2,
                    DEEPSEEK_V3 -> true;
            default -> false;
        };
    }

    /** Whether its attention keeps latents. */
    boolean isDeepSeek() {
        return this == DEEPSEEK_V2 || this == DEEPSEEK_V3;
    }

    /** Gemma: GELU, scaled embeddings, and, but for 3n, norms that multiply with weight + 1. */
    boolean isGemma() {
        return this == GEMMA || this == GEMMA2 || this == GEMMA3 || this == GEMMA3N;
    }

    /** Whether sliding layers rotate by a theta of their own. */
    boolean hasLocalRotation() {
        return this == GEMMA3 || this == GEMMA3N;
    }

    /** Gemma from the second on: four norms a layer, a query scale of its own, soft caps. */
    boolean isLaterGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }

    /** The kind of the feed-forward part where the file does not name it. */
    Activation activation() {
        return switch (this) {
            case GEMMA, GEMMA2, GEMMA3, GEMMA3N, STARCODER2, PHI, GPT2 -> Activation.GELU_TANH;
            case GPT_NEOX, FALCON, ZAMBA2 -> Activation.GELU;
            case NEMOTRON_H -> Activation.RELU_SQUARED;
            default -> Activation.SILU;
        };
    }

    /** Whether the feed-forward part has a gate. */
    boolean isGated() {
        return switch (this) {
            case STARCODER2, PHI, GPT_NEOX, GPT2, FALCON, NEMOTRON_H -> false;
            default -> true;
        };
    }

    NormKind normKind() {
        return switch (this) {
            case STABLELM, STARCODER2, PHI, GPT_NEOX, GPT2, FALCON -> NormKind.LAYER;
            case COHERE, COHERE2 -> NormKind.LAYER_WITHOUT_BIAS;
            default -> NormKind.RMS;
        };
    }

    /** Whether every model of the architecture normalises query and key heads. */
    boolean hasQueryKeyNorm() {
        return switch (this) {
            case QWEN3, QWEN3_MOE, QWEN3_NEXT, GEMMA3, GEMMA3N, EXAONE4, LFM2 -> true;
            default -> false;
        };
    }

    /** The extras that the attention of every model of the architecture has. */
    Additions additions() {
        return new Additions(this == GPT_OSS, this == QWEN3_NEXT, null, this == GEMMA3N, -1);
    }

    /** Whether norms multiply with weight + 1, in safetensors: GGUF files hold the sum. */
    boolean addsOneToNorms() {
        return (isGemma() && this != GEMMA3N) || this == QWEN3_NEXT;
    }

    /** Whether gate and up lie in one tensor. */
    boolean hasFusedFeedForward() {
        return this == PHI3 || this == GLM4 || this == ZAMBA2;
    }

    /** Whether neighbouring channels of a head rotate together, so that its rows lie pair by pair in every file. */
    boolean rotatesNeighbours() {
        return this == GLM4 || this == COHERE || this == COHERE2;
    }

    /** Whether GGUF converters interleave the rows of queries and keys for rotation of neighbours. */
    boolean isPermutedInGguf() {
        return this == LLAMA || this == MIXTRAL || this == SMOLLM3 || isGranite() || rotatesNeighbours();
    }
}
