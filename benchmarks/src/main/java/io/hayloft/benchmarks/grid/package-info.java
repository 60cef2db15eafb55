/**
 * Measures what a grid of methods costs: a prompt read once and completed by all of them in lockstep, timed against the full cache
 * alone. Methods that leave reading the prompt exact share it, and every decode step reads the weights once for all, so
 * that many settings should take little longer than one.
 */
@NullMarked
package io.hayloft.benchmarks.grid;

import org.jspecify.annotations.NullMarked;
