/**
 * Key-value caches: what one sequence keeps of its tokens, layer by layer and head by head, and in which form.
 *
 * <p>A cache is storage, not policy: it appends, reads, evicts, copies. Which tokens to keep is decided elsewhere. Heads
 * of a layer may keep different tokens; positions are explicit, so the length of a cache is never a position.
 */
@NullMarked
package io.hayloft.kv.cache;

import org.jspecify.annotations.NullMarked;
