/**
 * Tasks whose texts are drawn from word lists, so that no model can have seen them: long outputs, retrieval, counting,
 * instructions that have to survive.
 *
 * <p>Each is a small versioned task file (wording, sizes, words) and a {@link io.hayloft.tasks.generated.Generator}. {@link
 * io.hayloft.tasks.generated.GeneratedTask} fits what a generator draws to a length.
 */
@NullMarked
package io.hayloft.tasks.generated;

import org.jspecify.annotations.NullMarked;
