/**
 * Policies that evict tokens at each decode step (H2O, TOVA); those of sliding windows are in {@code methods.window}.
 *
 * <p>A policy belongs to one sequence and keeps its own state; attention calls it in every layer of every step.
 */
@NullMarked
package io.hayloft.methods.policy;

import org.jspecify.annotations.NullMarked;
