/** Calls of the system about threads: a lower priority, and the processors on which they run. */
@NullMarked
package io.hayloft.kernels.threads;

import org.jspecify.annotations.NullMarked;
