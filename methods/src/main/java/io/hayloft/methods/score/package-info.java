/**
 * Scorers: pure functions from what prefill recorded to one number per KV head and token, higher meaning "keep".
 *
 * <p>One file each, with idea, formula, source, defaults and deviations in the class comment. {@code Scores} holds what
 * they share. A scorer never touches a cache.
 */
@NullMarked
package io.hayloft.methods.score;

import org.jspecify.annotations.NullMarked;
