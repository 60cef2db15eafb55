/**
 * Matrix products of prefills by oneDNN, a native library, in bfloat16: an option beside the engine's own kernels.
 *
 * <p>{@link io.hayloft.onednn.OneDnnBackend} is found by the service loader; nothing else is public. The library comes as
 * a resource of its jar, is unpacked once into Hayloft's cache folder and called through the foreign function API.
 */
@NullMarked
package io.hayloft.onednn;

import org.jspecify.annotations.NullMarked;
