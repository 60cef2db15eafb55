/**
 * Fuzz targets for everything that the engine reads from files of others. A target is a class whose name ends in
 * {@code Fuzz}, with {@code fuzzerTestOneInput(byte[])} and {@code seeds()}; the profile {@code fuzz} finds and runs it.
 *
 * <p>An input may be refused with a {@code UserError} of one line that begins with the name of the file; anything else
 * that is thrown is a finding.
 */
@NullMarked
package io.hayloft.engine.fuzz;

import org.jspecify.annotations.NullMarked;
