/**
 * Packed weights in files: a large model packs its weights once, and later starts read them.
 *
 * <p>{@link io.hayloft.kernels.packed.PackedFolder} has the files, {@link io.hayloft.kernels.packed.PackedModel} is what one load
 * of a model does with them.
 */
@NullMarked
package io.hayloft.kernels.packed;

import org.jspecify.annotations.NullMarked;
