/**
 * Benchmarks: the questions that a model is asked and the scores of its answers: prompts, references, stop rules, metrics.
 *
 * <p>Text in, score out. This room never sees a tensor or a cache; of the model it knows only how many tokens a text
 * has, through {@link io.hayloft.tasks.TokenCounter}. {@link io.hayloft.tasks.registry.Tasks} lists everything there is.
 */
@NullMarked
package io.hayloft.tasks;

import org.jspecify.annotations.NullMarked;
