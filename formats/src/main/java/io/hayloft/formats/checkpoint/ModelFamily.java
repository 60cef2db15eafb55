package io.hayloft.formats.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * A family of models that Hayloft can read.
 *
 * @param name as configs and records show it
 * @param safetensors names in the {@code model_type} of config.json; empty if such checkpoints are not read
 * @param gguf names in {@code general.architecture} of GGUF files, which families may share; empty if such files are not read
 * @param state what its models remember of a sequence
 */
public record ModelFamily(String name, List<String> safetensors, List<String> gguf, State state) {
    /** The memory that the layers of a model have of a sequence. */
    public enum State {
        /** Keys and values of all tokens, or of those in a window. */
        CACHE("KV cache"),
        /** A state of constant size. */
        RECURRENT("recurrent state"),
        /** Some layers the one, some the other, or both side by side. */
        BOTH("KV cache and recurrent state");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /** In words. */
        public String label() {
            return label;
        }
    }

    /** Copies the lists. */
    public ModelFamily {
        safetensors = List.copyOf(safetensors);
        gguf = List.copyOf(gguf);
    }

    /** All families. */
    public static List<ModelFamily> all() {
        return Arrays.stream(Architecture.values())
                .map(architecture -> new ModelFamily(
                        architecture.label(),
                        architecture.huggingFaceNames(),
                        architecture.ggufNames(),
                        state(architecture)))
                .toList();
    }

    static State state(Architecture architecture) {
        return switch (architecture) {
            case MAMBA, MAMBA2, RWKV5 -> State.RECURRENT;
            case JAMBA, FALCON_H1, RECURRENT_GEMMA -> State.BOTH;
            default -> architecture.isHybrid() ? State.BOTH : State.CACHE;
        };
    }
}
