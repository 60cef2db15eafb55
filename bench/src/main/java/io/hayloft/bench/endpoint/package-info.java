/** Servers with an OpenAI-compatible interface, whose answers are further rows of a run. */
@NullMarked
package io.hayloft.bench.endpoint;

import org.jspecify.annotations.NullMarked;
