/**
 * Text to token ids and back, and the chat formats of models.
 *
 * <p>{@link io.hayloft.tokenizer.Tokenizers} opens the tokenizer of a Hugging Face folder ({@code tokenizer.json}) or
 * of a GGUF file, whose vocabulary is first written in the form of {@code tokenizer.json}: one library serves both.
 * {@link io.hayloft.tokenizer.ChatFormat} renders messages with the template that the model brings.
 */
@NullMarked
package io.hayloft.tokenizer;

import org.jspecify.annotations.NullMarked;
