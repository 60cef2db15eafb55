package io.hayloft.kernels;

/**
 * Rows of one sequence among the rows of a batch, and what the sequence remembers.
 *
 * @param state of the sequence in this layer; overwritten
 * @param first index of its first row in the batch
 * @param rows consecutive tokens, oldest first
 */
public record StateRows(float[] state, int first, int rows) {}
