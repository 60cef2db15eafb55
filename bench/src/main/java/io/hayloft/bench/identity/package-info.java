/**
 * Decides what makes a run, and a record in it, the same as another: keys over everything that an output depends on,
 * settings that a folder's records share, and descriptions of model, machine and code.
 */
@NullMarked
package io.hayloft.bench.identity;

import org.jspecify.annotations.NullMarked;
