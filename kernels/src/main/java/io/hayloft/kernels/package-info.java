/**
 * The arithmetic that takes the time: linear layers over packed weights, elementwise operations, the worker threads.
 *
 * <p>Every vector kernel has a scalar reference beside it and agrees with it to the bit at 128, 256 and 512 bits, so a
 * result depends neither on the machine nor on the number of threads, rows or chunks.
 */
@NullMarked
package io.hayloft.kernels;

import org.jspecify.annotations.NullMarked;
