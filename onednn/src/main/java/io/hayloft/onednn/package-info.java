/**
 * Matrix products of prefills by oneDNN, a native library: an option beside the engine's own kernels.
 *
 * <p>{@link io.hayloft.onednn.OneDnnBackend} (bfloat16) and {@link io.hayloft.onednn.OneDnnByteBackend} (8-bit integers) are
 * found by the service loader; nothing else is public. The library comes as a resource of its jar, is unpacked once into
 * Hayloft's cache folder and called through the foreign function API.
 */
@NullMarked
package io.hayloft.onednn;

import org.jspecify.annotations.NullMarked;
