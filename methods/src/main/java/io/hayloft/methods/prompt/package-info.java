/**
 * Methods that shorten the text of a prompt before the model reads it, so that everything after it is smaller, prefill
 * included.
 *
 * <p>A method names its {@link io.hayloft.methods.PromptStep}; {@link io.hayloft.methods.prompt.PromptCompressors}
 * carries steps out for one model and shares what is costly between ratios: the loaded encoder and the scores of a text.
 */
@NullMarked
package io.hayloft.methods.prompt;

import org.jspecify.annotations.NullMarked;
