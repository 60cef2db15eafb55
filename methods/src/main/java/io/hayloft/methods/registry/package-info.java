/**
 * The registry of methods, and the way from the text of an expression to a method.
 *
 * <p>{@code Methods} has the list; the other classes have the entries of one kind each. A new method is one entry here.
 */
@NullMarked
package io.hayloft.methods.registry;

import org.jspecify.annotations.NullMarked;
