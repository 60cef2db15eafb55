/**
 * The pass-key needle for real models: a number hidden in prose of our own, asked for at the end.
 *
 * <p>{@link io.hayloft.tasks.needle.NeedleTask} fits prompts to a length in tokens of the model; {@link
 * io.hayloft.tasks.needle.PaperNeedleTask} builds them by words, character for character as the published benchmark.
 */
@NullMarked
package io.hayloft.tasks.needle;

import org.jspecify.annotations.NullMarked;
