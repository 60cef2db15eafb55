/** Scores of answers that any program has written to a file, in the forms of LongBench, RULER and kvpress. */
@NullMarked
package io.hayloft.tasks.predictions;

import org.jspecify.annotations.NullMarked;
