/**
 * Plans a run and carries it out: chooses samples, turns them into tokens, estimates time and memory from a short
 * measurement, runs every method of a sample in lockstep and writes the results. The engine is behind
 * {@link io.hayloft.bench.run.SampleRunner}, so everything here is tested without a model.
 */
@NullMarked
package io.hayloft.bench.run;

import org.jspecify.annotations.NullMarked;
