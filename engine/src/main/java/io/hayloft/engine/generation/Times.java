package io.hayloft.engine.generation;

/**
 * Wall times of one completion. Several sequences may decode as one batch: a step then reads the weights once for all of
 * them, and each sequence's cache for itself.
 *
 * @param prefillSeconds time to read the prompt; a question that follows the compressed context counts as if this
 *     sequence had read it alone
 * @param compressSeconds time to build the cache, as if no other method had computed the same scores before
 * @param ownSeconds time that the decode steps spent on this sequence alone: attention, upkeep of its cache, policy
 * @param sharedSeconds time of the rest of the same steps, which is the work on the weights; the whole of it, although
 *     other sequences shared it
 * @param decodeSteps steps that this sequence took part in: one less than the tokens chosen, an EOS token included,
 *     since reading the prompt yields the first
 * @param batchRows mean number of sequences in these steps; 0 if there were none
 */
public record Times(
        double prefillSeconds,
        double compressSeconds,
        double ownSeconds,
        double sharedSeconds,
        int decodeSteps,
        double batchRows) {
    /** Seconds that a decode step of this sequence would take in a batch of its own; NaN if it took none. */
    public double secondsPerStep() {
        return decodeSteps == 0 ? Double.NaN : (ownSeconds + sharedSeconds) / decodeSteps;
    }

    /** This sequence's part of the decode time of the batch: its own work and an equal part of the shared work. */
    public double shareSeconds() {
        return decodeSteps == 0 ? 0 : ownSeconds + sharedSeconds / batchRows;
    }
}
