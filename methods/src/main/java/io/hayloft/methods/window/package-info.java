/**
 * Methods with a sliding window: StreamingLLM with its attention sinks, InfLLM with its store of older blocks.
 *
 * <p>Their queries may meet tokens outside the window at another distance than the true one. Such tokens lie in a store
 * beside the cache; a prefill pattern reads prompts with both.
 */
@NullMarked
package io.hayloft.methods.window;

import org.jspecify.annotations.NullMarked;
