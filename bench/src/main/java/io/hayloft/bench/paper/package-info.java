/**
 * What {@code --paper-compat} changes: the prompts, ratios and settings by which the code of arXiv 2407.01527 treats its
 * methods differently from each other.
 */
@NullMarked
package io.hayloft.bench.paper;

import org.jspecify.annotations.NullMarked;
