package io.hayloft.bench.predict;

import org.jspecify.annotations.Nullable;

/**
 * The predicted cost of one method with a prompt of some length.
 *
 * @param method its expression
 * @param context tokens of the prompt
 * @param storedBytes all that is kept for the sequence when the prompt has been read
 * @param storedExact whether every prompt of this length leaves as many bytes; if not, they depend on what it says
 * @param storedLow the fewest bytes that a prompt left of several that were tried
 * @param storedHigh the most that a prompt can leave
 * @param readBytes bytes of the cache that a decode step reads
 * @param peakMemoryBytes resident memory of the process at its worst moment
 * @param prefillSeconds reading the prompt; null where time was not asked for
 * @param compressSeconds building the method's cache from it; null likewise
 * @param decodeMsPerToken a decode step behind the prompt, in milliseconds; null where time was not asked for
 */
public record Prediction(
        String method,
        int context,
        long storedBytes,
        boolean storedExact,
        long storedLow,
        long storedHigh,
        long readBytes,
        long peakMemoryBytes,
        @Nullable Double prefillSeconds,
        @Nullable Double compressSeconds,
        @Nullable Double decodeMsPerToken) {
    /**
     * The price of requests with this prompt, one after the other.
     *
     * @param requests how many
     * @param answer tokens of each answer
     * @param perHour price of the machine
     * @throws IllegalStateException if time was not predicted
     */
    public double price(int requests, int answer, double perHour) {
        if (prefillSeconds == null || compressSeconds == null || decodeMsPerToken == null) {
            throw new IllegalStateException("no time was predicted");
        }
        double seconds = prefillSeconds + compressSeconds + 1e-3 * answer * decodeMsPerToken;
        return requests * seconds / 3600 * perHour;
    }
}
