/**
 * Writes GGUF models of random weights.
 *
 * <p>Speed depends on the shape of a model and on the type of its weights, not on what they say. So a model that cannot
 * be downloaded is measured by its shape, in Hayloft and in other engines alike: the files hold a vocabulary and load
 * everywhere. Scales are chosen so that activations stay of moderate size through all layers.
 */
@NullMarked
package io.hayloft.benchmarks.gguf;

import org.jspecify.annotations.NullMarked;
