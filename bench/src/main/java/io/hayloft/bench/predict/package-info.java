/**
 * Predicts what a method will cost with a model, before anything runs: bytes, memory and time, from the model's shape alone.
 *
 * <p>Bytes come from the real caches and methods, which run on a model of the same attention that is tiny elsewhere. Time
 * comes from short measurements of the model's own kernels on weights of zeros, kept in a file that describes a machine.
 */
@NullMarked
package io.hayloft.bench.predict;

import org.jspecify.annotations.NullMarked;
