package io.hayloft.bench.predict;

/**
 * The longest context and the largest batch that fit a memory.
 *
 * @param method its expression
 * @param context tokens of each prompt
 * @param maxBatch sequences with prompts of this length that decode together; 0 if not even one fits
 * @param maxContext tokens of the longest prompt that fits alone, at most what the model was made for; 0 if none does
 */
public record Capacity(String method, int context, int maxBatch, int maxContext) {}
