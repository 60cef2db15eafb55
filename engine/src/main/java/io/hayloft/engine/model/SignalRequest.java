package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;

/**
 * The signals that a prefill records on the way because some method of the run asked for them. Only layers whose queries
 * see all tokens are recorded: layers with a sliding window are not compressed.
 *
 * @param lastQueries rotated queries of this many last prompt rows; 0 for none
 * @param accumulatedAttention the attention each prompt token received, summed over all query rows
 */
public record SignalRequest(int lastQueries, boolean accumulatedAttention) {
    /** Nothing is recorded. */
    public static final SignalRequest NONE = new SignalRequest(0, false);

    /** A request that satisfies both. */
    public SignalRequest union(SignalRequest other) {
        return new SignalRequest(
                Math.max(lastQueries, other.lastQueries), accumulatedAttention || other.accumulatedAttention);
    }

    /** Bytes of Java heap that the signals of a prompt of so many tokens take. */
    public long heapBytes(DecoderConfig config, int tokens) {
        long floats = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer).orElse(null);
            if (attention != null && !attention.sliding() && attention.keepsKv()) {
                floats += (long) Math.min(lastQueries, tokens) * attention.queryWidth();
                floats += accumulatedAttention ? (long) tokens * attention.queryHeads() : 0;
            }
        }
        return Float.BYTES * floats;
    }
}
