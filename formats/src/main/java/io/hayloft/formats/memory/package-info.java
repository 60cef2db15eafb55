/**
 * Memory outside the Java heap: aligned for vector loads, on huge pages where the system offers them.
 *
 * <p>Weights and caches live here, because streaming from Java arrays is slower (their data are not aligned to a cache
 * line) and because their bytes can be counted exactly.
 */
@NullMarked
package io.hayloft.formats.memory;

import org.jspecify.annotations.NullMarked;
