/**
 * Methods whose queries meet old tokens at another distance than the true one: attention sinks at a clamped position,
 * blocks that are looked up.
 *
 * <p>Each is a memory behind a cache, how a prompt is read with it, and the builder that the registry names.
 */
@NullMarked
package io.hayloft.methods.far;

import org.jspecify.annotations.NullMarked;
