/**
 * The limits of this machine: multiply-adds of vector registers, and reading memory.
 *
 * <p>Measured by loops that do nothing else, with the vectors, the memory and the threads that the engine itself uses, so
 * that the speed of a model can be given as a share of them.
 */
@NullMarked
package io.hayloft.kernels.machine;

import org.jspecify.annotations.NullMarked;
