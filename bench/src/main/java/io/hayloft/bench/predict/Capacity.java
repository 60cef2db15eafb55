package io.hayloft.bench.predict;

/**
 * What fits a memory.
 *
 * @param method its expression
 * @param context tokens of each prompt
 * @param maxBatch sequences with prompts of this length that decode together; 0 if not even one fits
 * @param maxContext tokens of the longest prompt that fits alone, at most what the model was made for; 0 if none does
 */
public record Capacity(String method, int context, int maxBatch, int maxContext) {}
