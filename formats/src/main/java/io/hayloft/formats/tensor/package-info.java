/**
 * Tensors as model files hold them: element types with their block layouts, views of mapped memory, and rows of a
 * tensor that form a matrix.
 *
 * <p>Everything here reads; nothing is converted or copied until a row is asked for. The scalar dequantisation is the
 * reference that the packed kernels are tested against.
 */
@NullMarked
package io.hayloft.formats.tensor;

import org.jspecify.annotations.NullMarked;
