package io.hayloft.bench.run;

import java.util.Map;

/**
 * What a run must know of a model.
 *
 * @param name as records and reports show it
 * @param hash SHA-256 of its files
 * @param architecture such as {@code llama}
 * @param embedded whether it is the instrument that comes with Hayloft
 * @param contextLength most tokens it can see
 * @param chatFormat whether it has one
 * @param weightBytes bytes of its packed weights
 * @param linearWork multiplications a token needs in the linear layers
 * @param attentionWork multiplications a token needs in attention for each token that it sees
 * @param threads worker threads
 * @param backend what multiplies matrices in prefills: {@code java}, or the name of a backend
 * @param backendDetails what a backend's results depend on beside its name: version, instruction set; may be empty
 * @param vectorBits width of the vectors that its kernels use
 * @param compressors hashes of what methods that shorten prompts read beside the model, by method
 */
public record ModelFacts(
        String name,
        String hash,
        String architecture,
        boolean embedded,
        int contextLength,
        boolean chatFormat,
        long weightBytes,
        double linearWork,
        double attentionWork,
        int threads,
        String backend,
        String backendDetails,
        int vectorBits,
        Map<String, String> compressors) {
    /** Copies the map. */
    public ModelFacts {
        compressors = Map.copyOf(compressors);
    }
}
