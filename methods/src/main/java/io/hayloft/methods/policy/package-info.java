/**
 * Policies that change a compressed cache while it decodes: sliding windows and per-step eviction.
 *
 * <p>A policy belongs to one sequence and keeps its own state; the engine calls it after every layer of every step.
 */
@NullMarked
package io.hayloft.methods.policy;

import org.jspecify.annotations.NullMarked;
