/**
 * A benchmark run from its settings to its records: {@link io.hayloft.bench.BenchSpec} says what to run,
 * {@code bench.plan} chooses samples and estimates the cost, {@code bench.run} runs them, and {@code bench.record} keeps
 * one line a result on disk. The room {@code report} turns these lines into statistics and shows them.
 */
@NullMarked
package io.hayloft.bench;

import org.jspecify.annotations.NullMarked;
