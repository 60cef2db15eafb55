/**
 * Carries a run out: turns samples into tokens, runs every method of a sample in lockstep, scores the answers and writes
 * the records; and scores stored answers again.
 */
@NullMarked
package io.hayloft.bench.run;

import org.jspecify.annotations.NullMarked;
