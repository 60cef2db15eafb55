package io.hayloft.bench.run;

/**
 * When an answer ends.
 *
 * @param maxNewTokens longest answer
 * @param minNewTokens tokens before which nothing ends it
 * @param atNewline whether a line feed ends it
 * @param seed seed of methods that draw at random: another for each sample
 */
public record AnswerRules(int maxNewTokens, int minNewTokens, boolean atNewline, long seed) {}
