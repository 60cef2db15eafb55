/**
 * Encoders that label tokens: BERT and XLM-RoBERTa with a classification head, as the LLMLingua-2 prompt compressor uses
 * them. Attention runs both ways over one sequence at a time, so nothing is ever padded.
 *
 * <p>Linear layers and worker threads are those of the decoder; word vectors stay in the mapped file.
 */
@NullMarked
package io.hayloft.engine.encoder;

import org.jspecify.annotations.NullMarked;
