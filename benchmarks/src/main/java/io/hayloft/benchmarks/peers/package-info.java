/**
 * Compares Hayloft's speed with llama.cpp's on the same model files.
 *
 * <p>Engines take turns, each in a process of its own, so that what else the machine does meets all of them alike; what is
 * reported is the median of the rounds with their spread. llama.cpp runs as it comes in a library for Java and, where the
 * user has built it, as {@code llama-bench}.
 */
@NullMarked
package io.hayloft.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
