/** Measures what {@code hayloft plan} predicts. */
@NullMarked
package io.hayloft.benchmarks.plan;

import org.jspecify.annotations.NullMarked;
