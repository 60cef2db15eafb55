/**
 * Weights of quantised safetensors: whole numbers or floats of 8 bits in tensors of their own, with scales beside them.
 * {@link io.hayloft.formats.quantised.QuantisedTensors} computes the rows of the matrices that they describe.
 */
@NullMarked
package io.hayloft.formats.quantised;

import org.jspecify.annotations.NullMarked;
