package io.hayloft.bench.plan;

/**
 * When an answer ends, and the seed of its draws.
 *
 * @param maxNewTokens longest answer
 * @param minNewTokens tokens before which no EOS or line feed token ends it
 * @param atNewline whether the line feed token ends it
 * @param seed seed of methods that draw at random: another one for each sample
 */
public record AnswerRules(int maxNewTokens, int minNewTokens, boolean atNewline, long seed) {}
