/**
 * The text form of methods: {@code name}, {@code name:amount}, {@code name:amount,key=value} and sums of those.
 *
 * <p>The same text is typed on the command line, stored in records and shown in reports; parsing and printing are each
 * other's inverse. Nothing here knows what a method does.
 */
@NullMarked
package io.hayloft.methods.expression;

import org.jspecify.annotations.NullMarked;
