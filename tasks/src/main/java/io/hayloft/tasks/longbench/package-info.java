/**
 * The sixteen English tasks of LongBench: official templates, answer lengths, cutting and scoring.
 *
 * <p>Samples are read from files that the user has ({@code <task>.jsonl} in the data folder); none are shipped. The
 * templates are a resource beside this package, with the notice of their authors.
 */
@NullMarked
package io.hayloft.tasks.longbench;

import org.jspecify.annotations.NullMarked;
