package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.Suggest;
import io.hayloft.formats.config.LayerConfig.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The supported architectures, with what the files of each leave unsaid. */
@SuppressWarnings("ImmutableEnumChecker") // the lists come from List.of
enum Architecture {
    LLAMA(List.of("llama"), List.of("llama")),
    /** Converters to GGUF call it llama. */
    MISTRAL(List.of("mistral"), List.of()),
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
    RWKV5(List.of("rwkv5"), List.of());

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
        var known = new ArrayList<String>();
        for (var architecture : values()) {
            var names = gguf ? architecture.ggufNames : architecture.huggingFaceNames;
            if (names.contains(name)) {
                return architecture;
            }
            known.addAll(names);
        }
        var hint = Suggest.closest(name, known)
                .map(near -> " (did you mean '" + near + "'?)")
                .orElse("");
        throw FileError.of(
                source,
                "architecture '" + name + "' is not supported" + hint + "; supported are " + String.join(", ", known));
    }

    /** Its names in config.json. */
    List<String> huggingFaceNames() {
        return huggingFaceNames;
    }

    /** Its names in GGUF files. */
    List<String> ggufNames() {
        return ggufNames;
    }

    /** The name that configs and records show. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether some layers have a recurrent state. */
    boolean isRecurrent() {
        return switch (this) {
            case MAMBA, MAMBA2, JAMBA, FALCON_H1, RECURRENT_GEMMA, RWKV5 -> true;
            default -> false;
        };
    }

    /** Gemma: GELU, four norms a layer, scaled embeddings, norms that multiply with weight + 1. */
    boolean isGemma() {
        return this == GEMMA2 || this == GEMMA3;
    }

    Activation activation() {
        return isGemma() ? Activation.GELU_TANH : Activation.SILU;
    }

    boolean hasQueryKeyNorm() {
        return this == QWEN3 || this == GEMMA3;
    }

    /** Whether queries, keys and values lie in one tensor, gate and up in another. */
    boolean hasFusedTensors() {
        return this == PHI3;
    }

    /** Whether GGUF converters interleave the rows of queries and keys for rotation of neighbours. */
    boolean isPermutedInGguf() {
        return this == LLAMA || this == SMOLLM3;
    }
}
