/**
 * How near one way of computing a model is to another: {@link io.hayloft.bench.fidelity.Fidelity} compares the
 * distributions of the next token at every position of a text.
 */
@NullMarked
package io.hayloft.bench.fidelity;

import org.jspecify.annotations.NullMarked;
