/**
 * The folder of a run: {@code run.json} says what produced it, {@code records.jsonl} holds one line a sample and method,
 * forced to disk when the sample is done. A killed run loses at most the sample in flight; two processes never write the
 * same folder; lines of different runs never mix.
 */
@NullMarked
package io.hayloft.bench.record;

import org.jspecify.annotations.NullMarked;
