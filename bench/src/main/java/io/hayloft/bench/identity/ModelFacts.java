package io.hayloft.bench.identity;

import java.util.Map;

/**
 * Facts about a model and how it is run.
 *
 * @param name as records and reports show it
 * @param hash SHA-256 of its files
 * @param architecture such as {@code llama}
 * @param embedded whether it is the instrument that comes with Hayloft
 * @param contextLength most tokens it can see; {@link #UNLIMITED} if that is not known
 * @param chatFormat whether it has one
 * @param instructionTags whether this marks a user's message with {@code [INST]}, as Mistral's does
 * @param thinks whether it may write thoughts before it answers a chat
 * @param weightBytes bytes of its packed weights
 * @param linearWork multiplications a token needs in the linear layers
 * @param attentionWork multiplications a token needs in attention for each token that it sees
 * @param threads worker threads
 * @param backend name of what multiplies matrices in prefills: {@code java}, or a backend
 * @param backendDetails version and instruction set of a backend, which its results depend on; empty for Java
 * @param compressors hashes of the weights that methods shorten prompts with, by method
 */
public record ModelFacts(
        String name,
        String hash,
        String architecture,
        boolean embedded,
        int contextLength,
        boolean chatFormat,
        boolean instructionTags,
        boolean thinks,
        long weightBytes,
        double linearWork,
        double attentionWork,
        int threads,
        String backend,
        String backendDetails,
        Map<String, String> compressors) {
    /** The context of a model whose limit is not known. */
    public static final int UNLIMITED = 1 << 30;

    /** Copies the map. */
    public ModelFacts {
        compressors = Map.copyOf(compressors);
    }
}
