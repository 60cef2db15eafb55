package io.hayloft.bench.plan;

/**
 * When an answer ends, and the seed of its draws.
 *
 * @param maxNewTokens longest answer
 * @param minNewTokens tokens before which no EOS or line feed token ends it
 * @param atNewline whether the line feed token ends it
 * @param seed seed of methods that draw at random: another one for each sample
 * @param maxThinkingTokens most tokens of the thoughts before it; {@value #NO_THOUGHTS} if none are kept apart
 */
public record AnswerRules(int maxNewTokens, int minNewTokens, boolean atNewline, long seed, int maxThinkingTokens) {
    /** All text is the answer. */
    public static final int NO_THOUGHTS = -1;

    /** Rules of an answer without thoughts. */
    public AnswerRules(int maxNewTokens, int minNewTokens, boolean atNewline, long seed) {
        this(maxNewTokens, minNewTokens, atNewline, seed, NO_THOUGHTS);
    }

    /** Most tokens of thoughts and answer together. */
    public int allNewTokens() {
        return maxNewTokens + Math.max(0, maxThinkingTokens);
    }
}
