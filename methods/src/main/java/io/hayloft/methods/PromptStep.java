package io.hayloft.methods;

/**
 * The shortening of a prompt's document; instruction and question stay as they are.
 *
 * @param compressor who does it
 * @param budget how much of the document stays
 */
public record PromptStep(CompressorKind compressor, Budget budget) {
    /** Whether every text stays as it is, to the byte. */
    public boolean keepsAll() {
        return budget.requestedRatio() == 1;
    }
}
