/**
 * Attention over caches: many rows of one sequence at once (prefill), or one row of each of many sequences (decode).
 *
 * <p>Both read the cache's blocks in the form in which they are stored. A row's result is the same to the bit whatever
 * the chunking of the prompt, the other rows of the call and the number of threads.
 */
@NullMarked
package io.hayloft.kv.attention;

import org.jspecify.annotations.NullMarked;
