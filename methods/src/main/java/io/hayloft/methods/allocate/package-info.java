/** Allocators: how one budget is shared among the heads of all layers, by their scores. */
@NullMarked
package io.hayloft.methods.allocate;

import org.jspecify.annotations.NullMarked;
