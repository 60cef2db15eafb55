/**
 * Measurements of the engine's kernels.
 *
 * <p>The classes with a {@code main} method give a quick table with the best of many runs, which a busy machine disturbs
 * least; the JMH benchmarks give statistics.
 */
@NullMarked
package io.hayloft.benchmarks;

import org.jspecify.annotations.NullMarked;
