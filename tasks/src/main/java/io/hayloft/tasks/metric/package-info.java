/**
 * How an answer is scored: the metrics of LongBench, of the pass-key needle and of RULER, exact to the last bit.
 *
 * <p>Every metric is a pure function of texts. Published scores come from Python programs, so details that look odd
 * (what counts as white space, sets instead of bags, a recursion limit) are kept on purpose, with a comment.
 */
@NullMarked
package io.hayloft.tasks.metric;

import org.jspecify.annotations.NullMarked;
