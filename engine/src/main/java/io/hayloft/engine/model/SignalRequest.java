package io.hayloft.engine.model;

/**
 * What a prefill records on the way, because some method of the run asked for it.
 *
 * @param lastQueries rotated queries of this many last prompt rows, 0 for none
 * @param attentionMass the attention each prompt token received, summed over all query rows
 */
public record SignalRequest(int lastQueries, boolean attentionMass) {
    /** Nothing is recorded. */
    public static final SignalRequest NONE = new SignalRequest(0, false);

    /** A request that satisfies both. */
    public SignalRequest union(SignalRequest other) {
        return new SignalRequest(Math.max(lastQueries, other.lastQueries), attentionMass || other.attentionMass);
    }
}
