/**
 * Text generation with many caches at once: one prefill, every recipe turns it into its own cache, then all of them
 * decode in lockstep so that each weight is read once for the whole batch.
 *
 * <p>Results equal running every recipe alone, to the bit. Knows nothing of compression methods: they implement
 * {@link io.hayloft.engine.generation.CompressionMethod}.
 */
@NullMarked
package io.hayloft.engine.generation;

import org.jspecify.annotations.NullMarked;
