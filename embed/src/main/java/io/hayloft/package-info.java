/** Hayloft for programs: {@link io.hayloft.Hayloft} loads a model and generates text with a compressed KV cache. */
@NullMarked
package io.hayloft;

import org.jspecify.annotations.NullMarked;
