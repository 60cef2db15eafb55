/**
 * The mini suite: seven kinds of long-input work, generated from a seed over a closed vocabulary.
 *
 * <p>It is the text that the embedded model was trained on, and all that this model knows: an instrument to see what
 * cache methods lose, no measure of how good a model is. One generator class a task; words and filler are resources.
 */
@NullMarked
package io.hayloft.tasks.mini;

import org.jspecify.annotations.NullMarked;
