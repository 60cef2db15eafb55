/**
 * A benchmark run from its settings to its report: {@link io.hayloft.bench.BenchSpec} says what to run,
 * {@code bench.run} plans and runs it, {@code bench.record} keeps one line a result on disk, {@code bench.stats} turns
 * lines into means, errors and warnings, {@code bench.report} shows them. This room alone knows engine, methods and tasks.
 */
@NullMarked
package io.hayloft.bench;

import org.jspecify.annotations.NullMarked;
